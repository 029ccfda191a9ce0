import { effectiveAccess } from '#actions/access/effective.ts';
import { keyRing } from '#actions/keys/ring.ts';
import type { Services } from '#actions/services.ts';
import { randomToken } from '#platform/ids.ts';
import { signJwt } from '#platform/jws.ts';
import type { Stored } from '#storage/collection.ts';
import { type LogoutDelivery, people, type System } from '#storage/collections.ts';

/** How long a logout token is good for, in seconds (OIDC Back-Channel Logout 1.0, 2.4 recommends two minutes at most). */
const lifetime = 120;

/** The token that tells a system that a session of its own has ended; made anew for each try, under the system's algorithm. */
export async function logoutToken(
  services: Services,
  system: Stored<System>,
  delivery: LogoutDelivery,
): Promise<string> {
  const signer = (await keyRing(services)).signer(system.idTokenAlg);
  const now = Math.floor(services.clock.now() / 1000);
  return signJwt(
    signer,
    { typ: 'logout+jwt' },
    {
      iss: services.settings.issuer,
      aud: system.clientId,
      iat: now,
      exp: now + lifetime,
      jti: randomToken(),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      ...(delivery.sub === undefined ? {} : { sub: delivery.sub }),
      ...(delivery.sid === undefined ? {} : { sid: delivery.sid }),
      ...(await usernameFor(services, system, delivery)),
    },
  );
}

/**
 * The username claim in a logout token, for products that look the account up by it instead of `sub` (EspoCRM):
 * `settings.logoutClaim` names the claim. Nothing of somebody who may not be named any more.
 */
async function usernameFor(
  services: Services,
  system: Stored<System>,
  { person }: LogoutDelivery,
): Promise<Record<string, string>> {
  const { logoutClaim } = system.settings;
  if (typeof logoutClaim !== 'string' || person === undefined) return {};
  const record = await services.store.get(people, person);
  if (record === undefined) return {};
  const value = (await effectiveAccess(services, record)).systems.get(system.id)?.claims[logoutClaim];
  return typeof value === 'string' ? { [logoutClaim]: value } : {};
}
