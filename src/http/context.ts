import type { Response } from 'express';
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
  readonly hub: ReadonlySet<HubPermission>;
}

/** A line saying what was done, shown once on the next page. */
export interface Flash {
  readonly tone: 'good' | 'bad' | 'warn';
  /** Key in the catalogue. */
  readonly key: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

/** What belongs to one request; filled by the middleware in the order of app.ts. */
export interface Context {
  readonly deps: HttpDeps;
  readonly requestId: string;
  texts: Texts;
  viewer?: Viewer;
  /** The form token for this browser. */
  csrf?: string;
  flash?: Flash;
  /** What a form held when it was refused, by field. */
  filled?: Readonly<Record<string, string>>;
}

export function context(res: Response): Context {
  return res.locals.hub as Context;
}

export function setContext(res: Response, value: Context): void {
  res.locals.hub = value;
}
