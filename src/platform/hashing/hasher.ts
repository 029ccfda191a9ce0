/** Hashes and checks passwords in threads of their own, so that neither the event loop nor libuv's pool waits. */
export interface Hasher {
  /** Argon2id as a PHC string. @throws HubError `busy` when slots and queue are full. */
  hash(password: string): Promise<string>;
  /**
   * Checks against a PHC string (argon2, bcrypt, pbkdf2, scrypt) or `{SSHA}`.
   * @returns whether it matches and whether the stored hash should be replaced by a fresh one.
   * @throws HubError `busy` when slots and queue are full.
   */
  verify(hash: string, password: string): Promise<{ matches: boolean; outdated: boolean }>;
  /** Would the next one be refused? For who wants to say so before doing anything else. */
  full(): boolean;
  close(): Promise<void>;
}
