import { decodeProtectedHeader } from 'jose';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { Services } from '#actions/services.ts';
import { fapiAlgs, rulesOf } from './rules.ts';

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

/**
 * A client of FAPI 2.0 signs with PS256, ES256 or EdDSA alone (FAPI 2.0 Security Profile, 5.4.1): its assertion, and the DPoP
 * proof that comes with it.
 */
export function checkSignatures(ctx: KoaContextWithOIDC, header: Record<string, unknown>): void {
  if (rulesOf(ctx.oidc.client).profile !== 'fapi2') return;
  if (!fapiAlgs.includes(String(header.alg))) {
    throw new errors.InvalidClientAuth('the assertion must be signed with PS256, ES256 or EdDSA');
  }
  const proof = ctx.get('DPoP');
  if (proof !== '' && !fapiAlgs.includes(algOf(proof))) {
    throw new errors.InvalidDpopProof('the DPoP proof must be signed with PS256, ES256 or EdDSA');
  }
}

function algOf(jwt: string): string {
  try {
    return String(decodeProtectedHeader(jwt).alg);
  } catch {
    // No JWT at all: the library says what is wrong with it.
    return 'ES256';
  }
}
