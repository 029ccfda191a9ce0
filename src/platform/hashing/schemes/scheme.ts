/** One family of stored password hashes. Everything here is synchronous; it runs in a hashing thread. */
export interface Scheme {
  /** Is the text written in this family's way? Decided by its first characters alone. */
  recognises(hash: string): boolean;
  /**
   * Why this hash cannot be taken: malformed, or so costly that one try would hold a thread for many seconds or take
   * hundreds of MiB. Undefined = fine. The message is safe to show and never holds the hash.
   */
  fault(hash: string): string | undefined;
  /** Compares in constant time. False for a hash that has a fault. */
  matches(hash: string, password: string): boolean;
}

/** A tag shorter than this would be too easy to meet by chance; an empty one would let everybody in. */
export const shortestTag = 16;
export const longestTag = 128;

export const malformed = 'is not a well-formed hash of its kind';
export const tooCostly = 'is too costly to check: one try would hold up everybody else';
