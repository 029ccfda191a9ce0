import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Services } from '#actions/services.ts';
import { systemByClientId } from '#actions/systems/directory.ts';
import type { Stored } from '#storage/collection.ts';
import type { System } from '#storage/collections.ts';

/** The system that this request is about; undefined for the hub's own pages and where no client is known. */
export async function systemOf(services: Services, ctx: KoaContextWithOIDC): Promise<Stored<System> | undefined> {
  const client = ctx.oidc.client;
  return client === undefined ? undefined : systemByClientId(services, client.clientId);
}
