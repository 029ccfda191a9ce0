import { hashedId } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { type Identity, identities } from '#storage/collections.ts';
import type { Services } from '../services.ts';

/** Whom a source says somebody is. */
export interface IdentityKey {
  readonly source: string;
  readonly issuer: string;
  readonly subject: string;
}

export function identityId({ source, issuer, subject }: IdentityKey): string {
  return hashedId(JSON.stringify([source, issuer, subject]));
}

/** The identity by which somebody is found: by who vouches and for whom, nothing else (security.md, "Upstream"). */
export function findIdentity(services: Services, key: IdentityKey): Promise<Stored<Identity> | undefined> {
  return services.store.get(identities, identityId(key));
}

export async function identitiesOf(services: Services, person: string): Promise<readonly Stored<Identity>[]> {
  return (await services.store.find(identities, { where: { person }, limit: 1000 })).items;
}
