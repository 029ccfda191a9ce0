import type { Response } from 'express';
import type { Assurance } from '#domain/assurance.ts';
import type { HubRights } from '#domain/hub-rights.ts';
import type { HubPermission } from '#domain/hub-roles.ts';
import type { Stored } from '#storage/collection.ts';
import type { Person } from '#storage/collections.ts';
import type { HttpDeps } from './deps.ts';
import type { Texts } from './i18n/catalogue.ts';

/** Who looks at the page. */
export interface Viewer {
  readonly person: Stored<Person>;
  /** Public id of the session, never the cookie. */
  readonly session: string;
  /** Seconds since 1970. */
  readonly authTime: number;
  /** Milliseconds. */
  readonly endsAt: number;
  /** What the sign-in proved (RFC 8176), and what that comes to. */
  readonly amr: readonly string[];
  readonly assurance: Assurance;
  /** What they may do in the hub here: over everybody; on a page about one person, over that person. */
  readonly hub: ReadonlySet<HubPermission>;
  /** All of it, with the rights that are limited to departments. */
  readonly rights: HubRights;
}

/** A text of the catalogue and what stands in it. */
export interface Line {
  readonly key: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

/** What was done, or why it was not: said once on the page that comes next. */
export interface Flash extends Line {
  readonly tone: 'good' | 'bad' | 'warn';
}

/** What belongs to one request; filled by the middleware in the order of app.ts. */
export interface Context {
  readonly deps: HttpDeps;
  readonly requestId: string;
  texts: Texts;
  viewer?: Viewer;
  /** Departments that the right to this request is limited to. */
  within?: readonly string[];
  /** Days in which an admin without a second factor may still do without. */
  mfaDaysLeft?: number;
  /** The sealed account was used, and nobody has said why. */
  glassOpen?: boolean;
  /** The form token for this browser. */
  csrf?: string;
  flash?: Flash;
  /** Faults of a refused form by field. */
  faults?: Readonly<Record<string, Line>>;
  /** What it held and should hold again; never a password. */
  filled?: Readonly<Record<string, string>>;
}

export function context(res: Response): Context {
  return res.locals.hub as Context;
}

export function setContext(res: Response, value: Context): void {
  res.locals.hub = value;
}
