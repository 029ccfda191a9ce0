import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Stored } from '#storage/collection.ts';
import type { Person } from '#storage/collections.ts';

/** The session of the browser in hand. */
export interface SignedIn {
  /** Public id of the session. */
  readonly uid: string;
  readonly personId: string;
  /** Seconds since 1970. */
  readonly authTime: number;
  readonly amr: readonly string[];
  readonly acr: string;
  /** Milliseconds. */
  readonly startedAt: number;
  readonly endsAt: number;
}

/** What the provider asks the person for, and for which system. */
export interface InteractionView {
  readonly kind: 'sign-in' | 'consent' | 'no-access';
  readonly uid: string;
  /** Undefined for the hub's own pages. */
  readonly system: { readonly id: string; readonly title: string; readonly side: 'crm' | 'erp' | 'other' } | undefined;
  /** Parameters of the authorization request. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** What the pages need of the provider room; `createOidc` gives it. */
export interface OidcPages {
  signedIn(req: IncomingMessage, res: ServerResponse): Promise<SignedIn | undefined>;
  /** @throws HubError when the interaction is over or belongs to another browser. */
  interaction(req: IncomingMessage, res: ServerResponse): Promise<InteractionView>;
  /** Each of these commits one unit of work and answers 303. */
  finishSignIn(
    req: IncomingMessage,
    res: ServerResponse,
    person: Stored<Person>,
    how: { amr: readonly string[]; acr: string },
  ): Promise<void>;
  finishConsent(req: IncomingMessage, res: ServerResponse): Promise<void>;
  abort(req: IncomingMessage, res: ServerResponse, error: string): Promise<void>;
  /** Sends the browser to sign in through the hub's own client and then to `returnTo`, a path of the hub. */
  startSignIn(res: ServerResponse, returnTo: string): Promise<void>;
}
