import type { Adapter } from 'oidc-provider';
import type { Services } from '#actions/services.ts';
import {
  accessTokens,
  authorizationCodes,
  clientCredentials,
  pushedRequests,
  refreshTokens,
} from '#storage/collections.ts';
import { deviceAdapter } from './device.ts';
import { grantAdapter } from './grant.ts';
import { interactionAdapter } from './interaction.ts';
import { replayAdapter } from './replay.ts';
import { sessionAdapter } from './session.ts';
import { spendableAdapter } from './spendable.ts';
import { tokenAdapter } from './token.ts';

/**
 * One adapter for each of the library's models (its "Adapter" interface). Each kind has a collection of its own, so that a
 * thing of one kind is never found as another; ids are stored as SHA-256. Nothing here writes: all is staged into the
 * request's unit of work, and what may happen once is decided by the commit's conditions.
 */
export function createAdapter(services: Services): (model: string) => Adapter {
  const ceiling = services.settings.lifetimes.session;
  return (model) => {
    switch (model) {
      case 'Session':
        return sessionAdapter(services);
      case 'Interaction':
        return interactionAdapter(services);
      case 'Grant':
        return grantAdapter(services);
      case 'AccessToken':
        return tokenAdapter(services, accessTokens);
      case 'ClientCredentials':
        return tokenAdapter(services, clientCredentials);
      // Spent ones stay until their grant ends, so that a replay is still known as one.
      case 'AuthorizationCode':
        return spendableAdapter(services, { collection: authorizationCodes, tag: 'code', keptFor: ceiling });
      case 'RefreshToken':
        return spendableAdapter(services, { collection: refreshTokens, tag: 'refresh', keptFor: ceiling });
      case 'DeviceCode':
        return deviceAdapter(services);
      // Until the interaction that it led to could not be alive.
      case 'PushedAuthorizationRequest':
        return spendableAdapter(services, {
          collection: pushedRequests,
          tag: 'par',
          keptFor: services.settings.lifetimes.interaction,
        });
      case 'ReplayDetection':
        return replayAdapter(services);
      default:
        return unused(model);
    }
  };
}

/** Models of features that are off; clients are found through the system directory. */
function unused(model: string): Adapter {
  const refuse = async (): Promise<never> => {
    throw new Error(`the model ${model} is not in use`);
  };
  return {
    find: async () => undefined,
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    upsert: refuse,
    consume: refuse,
    destroy: refuse,
    revokeByGrantId: async () => {},
  };
}
