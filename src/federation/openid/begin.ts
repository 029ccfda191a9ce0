import { buildAuthorizationUrl, calculatePKCECodeChallenge } from 'openid-client';
import type { Services } from '#actions/services.ts';
import type { Visit } from '#actions/sources/visits.ts';
import { type OpenIdRecord, providerOf } from './provider.ts';

/** Where sources send browsers back to: each to an address of its own, so that no answer is taken for another's (RFC 9700, 4.4). */
export const callbackPath = '/sign-in/from';

export function callbackOf({ settings }: Pick<Services, 'settings'>, source: string): string {
  return `${settings.issuer}${callbackPath}/${source}`;
}

/** Where the browser goes to be known by a source. @throws SourceFault */
export async function leadingTo(
  services: Services,
  source: OpenIdRecord,
  { state, visit, loginHint }: { state: string; visit: Visit; loginHint?: string | undefined },
): Promise<string> {
  const provider = await providerOf(services, source);
  const scope = new Set(['openid', ...source.scopes]);
  const url = buildAuthorizationUrl(provider, {
    redirect_uri: callbackOf(services, source.id),
    scope: [...scope].join(' '),
    state,
    nonce: visit.nonce,
    code_challenge: await calculatePKCECodeChallenge(visit.verifier),
    code_challenge_method: 'S256',
    ...(visit.fresh ? { prompt: 'login', max_age: '0' } : {}),
    ...(loginHint === undefined || loginHint === '' ? {} : { login_hint: loginHint.slice(0, 254) }),
    ...(source.hostedDomain === undefined ? {} : { hd: source.hostedDomain }),
  });
  return url.href;
}
