import { authorizationCodeGrant, fetchUserInfo } from 'openid-client';
import type { Services } from '#actions/services.ts';
import type { Visit } from '#actions/sources/visits.ts';
import { readableValues } from '#domain/sources/mapping.ts';
import type { SourceProof } from '../proof.ts';
import { callbackOf } from './begin.ts';
import { type OpenIdRecord, providerOf, SourceFault } from './provider.ts';
import { incompleteOf, methodsOf, subjectOf } from './tenancy.ts';

/** How far the clock of a source may be off, in milliseconds; the library's own tolerance. */
const tolerance = 30_000;

export type OpenIdProof = SourceProof & { readonly idToken?: string };

/**
 * Redeems what the browser came back with: the answer's own `iss` (RFC 9207), the code with its verifier, then the ID token's
 * signature, issuer, audience, times and nonce (OpenID Connect Core, 3.1.3.7), then the rules of the provider's kind.
 * @param visit spent by the caller, so that this is done once
 */
export async function proveOpenId(
  services: Services,
  source: OpenIdRecord,
  { state, visit, answer }: { state: string; visit: Visit; answer: URLSearchParams },
): Promise<OpenIdProof> {
  try {
    const provider = await providerOf(services, source);
    const url = new URL(`${callbackOf(services, source.id)}?${answer}`);
    const tokens = await authorizationCodeGrant(provider, url, {
      expectedState: state,
      expectedNonce: visit.nonce,
      pkceCodeVerifier: visit.verifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) return { outcome: 'refused', cause: 'no-id-token' };
    const who = subjectOf(source, claims);
    if (who.subject === undefined) return { outcome: 'refused', cause: who.cause };
    const since = typeof claims.auth_time === 'number' ? claims.auth_time : undefined;
    // The browser carries `prompt=login` there, so it could drop it: only the provider's own word counts.
    if (visit.fresh && (since === undefined || since * 1000 < visit.startedAt - tolerance))
      return { outcome: 'refused', cause: 'not-fresh' };
    const more =
      provider.serverMetadata().userinfo_endpoint === undefined
        ? {}
        : await fetchUserInfo(provider, tokens.access_token, claims.sub);
    const told: Record<string, unknown> = { ...more, ...claims };
    return {
      outcome: 'proved',
      proved: {
        source: source.id,
        issuer: claims.iss,
        subject: who.subject,
        values: readableValues(told),
        incomplete: incompleteOf(told),
        // Some providers write it as a text; only the truth value itself is believed.
        emailVerified: told.email_verified === true,
      },
      amr: methodsOf(source, claims),
      ...(since === undefined || since * 1000 > services.clock.now() ? {} : { authTime: since }),
      ...(tokens.id_token === undefined ? {} : { idToken: tokens.id_token }),
    };
  } catch (error) {
    services.log.info({ source: source.id, err: error }, 'a sign-in by a source came to nothing');
    return { outcome: 'refused', cause: causeOf(error) };
  }
}

/** A word for the record, made of the library's codes: `jwt-claim-comparison-failed:nonce`. */
function causeOf(error: unknown): string {
  if (error instanceof SourceFault) return error.reason;
  if (!(error instanceof Error)) return 'unknown';
  const { code, cause, error: answered } = error as Error & { code?: unknown; error?: unknown };
  if (typeof code !== 'string') return 'unreachable';
  const claim = claimIn(cause);
  const word = code
    .replace(/^OAUTH_/, '')
    .toLowerCase()
    .replaceAll('_', '-');
  const more = typeof claim === 'string' ? claim : answered;
  return typeof more === 'string' ? `${word}:${more.replace(/[^\w-]/g, '').slice(0, 40)}` : word;
}

/** The claim that was wrong; the library wraps what found it. */
function claimIn(cause: unknown): unknown {
  if (typeof cause !== 'object' || cause === null) return undefined;
  if ('claim' in cause) return cause.claim;
  return 'cause' in cause ? claimIn(cause.cause) : undefined;
}
