import type { ProvedIdentity } from '#actions/sources/meet.ts';

/** What came of asking a source. */
export type SourceProof =
  | {
      readonly outcome: 'proved';
      readonly proved: ProvedIdentity;
      /** What of it counts (RFC 8176). */
      readonly amr: readonly string[];
      /** When the person proved it there, in seconds since 1970; undefined: now. */
      readonly authTime?: number;
    }
  /** Whoever it is, the source does not vouch for them; `cause` is for the record (`refuseSource`), never for the page. */
  | { readonly outcome: 'refused'; readonly cause: string }
  /** The source could not be asked. */
  | { readonly outcome: 'unavailable'; readonly cause: string };
