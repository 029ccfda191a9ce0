import { hashedId } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { type Identity, identities } from '#storage/collections.ts';
import type { Services } from '../services.ts';

/** How the record names the kind of a source: a directory that took the password, or the word of an issuer. */
export type SourceMethod = 'ldap' | 'source';

/** The source that proved somebody. */
export interface ProvingSource {
  readonly id: string;
  readonly method: SourceMethod;
}

/** Whom a source says somebody is. */
export interface IdentityKey {
  readonly source: string;
  readonly issuer: string;
  readonly subject: string;
}

/** Whom a directory vouches for it vouches for itself. */
export const directoryIssuer = (source: string): string => `directory:${source}`;

export function provingSource({ source, issuer }: Omit<IdentityKey, 'subject'>): ProvingSource {
  return { id: source, method: issuer === directoryIssuer(source) ? 'ldap' : 'source' };
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
