/**
 * What an account was like when a proof, a link, a code or a pending step was made for it. Each of these counts only while the account is
 * still like that: not after it was disabled (`endings`), and not after its e-mail address changed, was removed or moved to somebody
 * else (`addresses`), since then it may have another owner.
 */
export interface AccountState {
  /** How often everything of the person was ended. */
  readonly endings?: number | undefined;
  /** How often the e-mail address changed, or a password was chosen by a mailed link. */
  readonly addresses?: number | undefined;
}

/** The state of this account, as it is kept beside what depends on it. Absent counts are zero. */
export function accountStateOf({ endings, addresses }: AccountState): AccountState {
  return {
    ...(endings === undefined ? {} : { endings }),
    ...(addresses === undefined ? {} : { addresses }),
  };
}

/** Is the account still as it was? */
export function isSameAccountState(made: AccountState, now: AccountState): boolean {
  return (made.endings ?? 0) === (now.endings ?? 0) && (made.addresses ?? 0) === (now.addresses ?? 0);
}

/** The same as the condition of a commit on the person's record: active, and as it was. */
export function accountCondition({ endings, addresses }: AccountState): Record<string, string | number | null> {
  return { status: 'active', endings: endings ?? null, addresses: addresses ?? null };
}
