import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { Services } from '#actions/services.ts';
import type { Origin } from '#domain/audit/event.ts';
import type { HubRights } from '#domain/hub-rights.ts';
import type { HubPermission } from '#domain/hub-roles.ts';
import type { Guarded } from '#domain/hub-scope.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/** Who asks: a system with a client-credentials token, or a person with a session of the hub. */
export interface Caller {
  readonly kind: 'token' | 'person';
  /** System id or person id. */
  readonly id: string;
  /** What they may do over everybody; behind the guard of a route about one person, over that person. */
  readonly permissions: ReadonlySet<HubPermission>;
  readonly rights: HubRights;
  readonly origin: Origin;
  /** When the person proved who they are, in ms since 1970; tokens have none. */
  readonly authTime?: number;
  /** What the person's sign-in proved (RFC 8176). */
  readonly amr?: readonly string[];
}

/** What a handler gets once the guard is through: everything checked, nothing raw. */
export interface Ask<Q = unknown, B = unknown, I = unknown> {
  readonly services: Services;
  readonly caller: Caller;
  readonly origin: Origin;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Q;
  readonly body: B;
  /** What `find` found. */
  readonly item: I;
  /** The version to write against, when If-Match was sent; the conditional commit settles races. */
  readonly ifVersion: number | undefined;
}

/** What `find` may look at: it runs after the authorisation and before query and body are read. */
export type Look = Pick<Ask, 'services' | 'caller' | 'params'>;

export interface Answer {
  readonly status: number;
  /** Checked against (and cut down to) the declared schema of the status. */
  readonly body?: unknown;
  /** Sent as it is; `type` is its content type. */
  readonly stream?: { readonly type: string; readonly filename: string; readonly content: Readable };
  /** Becomes the ETag. */
  readonly version?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface BodyDeclaration<B> {
  readonly type: 'application/json' | 'application/merge-patch+json' | 'text/csv';
  readonly schema: z.ZodType<B>;
  /** Bytes; default 1 MiB. */
  readonly limit?: number;
  /** True: a request without any body is taken as an empty object. */
  readonly optional?: true;
}

export interface AnswerDeclaration {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** The answer carries the item's version as its ETag. */
  readonly etag?: true;
  /** Content types of a streamed answer; a schema beside it describes what is streamed. */
  readonly stream?: readonly string[];
}

/**
 * One route of the REST API: what it takes, who may call it, what it may answer. The guard checks all of it and the
 * OpenAPI document is made from it, so neither can differ from the other.
 */
export interface Route<Q = unknown, B = unknown, I = unknown> extends Guarded {
  readonly method: Method;
  /** Below /api/v1, parameters in braces (RFC 6570, level 1). */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly permission: HubPermission;
  /** A strict object; values arrive as strings, one per key. */
  readonly query?: z.ZodType<Q>;
  readonly body?: BodyDeclaration<B>;
  /** Finds the object through its owner, before anything else of the request is looked at. @throws HubError not-found */
  find?(look: Look): Promise<I>;
  /** The found item's version has to be named in If-Match (428, 412). */
  readonly versioned?: true;
  /** Asks people for a sign-in of the last minutes (security.md: dangerous acts). */
  readonly fresh?: true;
  /** A GET that leaves a record of its own; HEAD is not offered for it. */
  readonly recorded?: true;
  readonly answers: Readonly<Record<number, AnswerDeclaration>>;
  handle(ask: Ask<Q, B, I>): Promise<Answer>;
}

/** Ties the types of query, body and item together and then forgets them, so that routes of all kinds fit one list. */
export function route<Q, B, I>(declaration: Route<Q, B, I>): Route {
  return declaration as Route;
}
