/** What the pool asks of a thread. */
export type Job =
  | { readonly kind: 'hash'; readonly password: string }
  | { readonly kind: 'verify'; readonly hash: string; readonly password: string };

/** What the thread answers. */
export type Answer =
  | { readonly kind: 'hash'; readonly hash: string }
  | { readonly kind: 'verify'; readonly matches: boolean; readonly outdated: boolean }
  | { readonly kind: 'failed'; readonly message: string };
