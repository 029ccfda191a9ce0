/**
 * The one error table: every refusal the hub can give has a stable code, an HTTP status and a text that is safe to show.
 * What caused it travels in `cause`, is logged and never shown (RFC 9457 documents are made from this in http/api).
 */
export const errorTable = {
  'not-signed-in': { status: 401, title: 'Sign in first' },
  'bad-token': { status: 401, title: 'The bearer token is missing, expired or not meant for this' },
  forbidden: { status: 403, title: 'You may not do this' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'bad-request': { status: 400, title: 'The request is not well-formed' },
  'unknown-query': { status: 400, title: 'The query holds a key that this resource does not know' },
  invalid: { status: 422, title: 'Some fields are not right' },
  'method-not-allowed': { status: 405, title: 'This method does not work here' },
  'interaction-over': { status: 400, title: 'This sign-in is over; start again from the system' },
  conflict: { status: 409, title: 'This clashes with what is stored' },
  'already-exists': { status: 409, title: 'Something of this name exists already' },
  'too-early': { status: 409, title: 'Not yet; try again later' },
  stale: { status: 412, title: 'Somebody changed this meanwhile; load it again' },
  'version-required': { status: 428, title: 'Send If-Match with the version you saw' },
  'too-large': { status: 413, title: 'The request is too large' },
  'unsupported-type': { status: 415, title: 'The content type is not one that this takes' },
  'separation-breached': { status: 409, title: 'This would breach a separation rule' },
  'last-admin': { status: 409, title: 'The last owner of the hub has to stay' },
  'weak-password': { status: 422, title: 'The password does not meet the rules' },
  'wrong-password': { status: 403, title: 'The password is not right' },
  'too-many-tries': { status: 429, title: 'Too many tries; wait a little' },
  busy: { status: 503, title: 'The hub is busy; try again in a moment' },
  'store-unavailable': { status: 503, title: 'The store does not answer; try again in a moment' },
  'directory-away': { status: 503, title: 'The directory does not answer; try again in a moment' },
  'not-provisioned': { status: 409, title: 'The hub carries no accounts into this system' },
  'product-away': { status: 503, title: 'The product does not answer as it should; try again later' },
  'stronger-sign-in-required': { status: 403, title: 'Sign in with a second factor to do this' },
  'fresh-sign-in-required': { status: 403, title: 'Sign in again to do this' },
  'foreign-host': { status: 421, title: 'This hub does not answer under that host name' },
  'cross-site': { status: 403, title: 'The form did not come from this hub; load the page again' },
  internal: { status: 500, title: 'Something went wrong in the hub' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorTable;

/** One fault in a body, a file or a form: `path` is dotted with indexes, `message` names the remedy. */
export interface FieldFault {
  readonly path: string;
  readonly message: string;
}

/** A refusal with a stable code. `message` may be shown to the user, `cause` only logged. */
export class HubError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly faults: readonly FieldFault[];
  /** Seconds after which another try makes sense, for Retry-After. */
  readonly retryAfter: number | undefined;

  constructor(
    code: ErrorCode,
    message?: string,
    options: { faults?: readonly FieldFault[]; cause?: unknown; retryAfter?: number } = {},
  ) {
    super(message ?? errorTable[code].title, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HubError';
    this.code = code;
    this.status = errorTable[code].status;
    this.faults = options.faults ?? [];
    this.retryAfter = options.retryAfter;
  }
}
