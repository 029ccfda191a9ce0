import { errors, type Provider } from 'oidc-provider';
import internals from 'oidc-provider/lib/helpers/weak_cache.js';
import type { Services } from '#actions/services.ts';
import { takeTry } from '#actions/signin/tries.ts';
import { hashedId } from '#platform/ids.ts';
import { deviceGrant } from '../clients.ts';

/** Seconds between two polls where the answer names none (RFC 8628, 3.2), less what the network may shift them by. */
const intervalMs = 5000 - 500;

/**
 * A device that asks again too soon is told `slow_down` (RFC 8628, 3.5). Counted in the store, whichever process it asks; only a
 * code that waits is counted, so an answer is never held back.
 */
export function slowDownPolling(services: Services, provider: Provider): void {
  const { grantTypeHandlers } = internals(provider);
  const answer = grantTypeHandlers.get(deviceGrant);
  if (answer === undefined) throw new Error('the library has no device grant any more');
  grantTypeHandlers.set(deviceGrant, async (ctx) => {
    try {
      await answer(ctx);
    } catch (error) {
      if (!(error instanceof errors.AuthorizationPending)) throw error;
      const id = `poll:${hashedId(String(ctx.oidc.params?.device_code))}`;
      const { taken } = await takeTry(services, [{ id, limit: { count: 1, windowMs: intervalMs } }]);
      throw taken ? error : new errors.SlowDown('authorization request is still pending; ask less often');
    }
  });
}
