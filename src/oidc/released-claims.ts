import type { Provider } from 'oidc-provider';
import type { Claims } from '#domain/claims/claims.ts';

/** The claims that were decided on; travels with what the library calls the available ones. */
const decided = Symbol('decided claims');

interface Available {
  readonly [decided]?: Claims;
}

export function releasing(claims: Claims): Record<string, never> {
  return { [decided]: claims } as unknown as Record<string, never>;
}

/**
 * The library cuts claims to a table of scopes that is the same for every client. Which of them a system receives is decided per
 * system, its own names included (`accounts.ts`), so that decision stands beside what the table lets through: `sub` and what
 * speaks of the sign-in.
 */
export function useDecidedClaims(provider: Provider): void {
  const { prototype } = (provider as unknown as { Claims: { prototype: Reader } }).Claims;
  const { result } = prototype;
  prototype.result = async function () {
    return { ...(await result.call(this)), ...this.available[decided] };
  };
}

interface Reader {
  readonly available: Available;
  result(this: Reader): Promise<Record<string, unknown>>;
}
