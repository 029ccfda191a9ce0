import { errors } from 'oidc-provider';
import type { Services } from '#actions/services.ts';

/** The longest a client assertion may be good for, in seconds (security.md). */
const longest = 300;

/**
 * What the library leaves open about a client assertion (RFC 7523, 3; draft-ietf-oauth-rfc7523bis): the issuer alone as one
 * string in `aud`, a short life, no key or address of a key in the header.
 */
export function checkAssertion(
  services: Services,
  claims: Record<string, unknown>,
  header: Record<string, unknown>,
  tolerance: number,
): void {
  const refuse = (detail: string): never => {
    throw new errors.InvalidClientAuth(detail);
  };
  const now = services.clock.now() / 1000;
  if (claims.aud !== services.settings.issuer) refuse('aud must be the issuer alone, as one string');
  if (typeof claims.exp !== 'number' || claims.exp > now + longest + tolerance) refuse('lives longer than 5 minutes');
  if (claims.iat !== undefined && (typeof claims.iat !== 'number' || claims.iat > now + tolerance)) {
    refuse('iat lies in the future');
  }
  if (['jwk', 'jku', 'x5u', 'x5c', 'crit'].some((name) => name in header)) refuse('the header names a key');
}
