import type { Origin } from '#domain/audit/event.ts';
import type { Stored } from '#storage/collection.ts';
import type { Person } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import type { Services } from '../services.ts';
import { bucketsOf } from '../signin/buckets.ts';
import { recordLocked } from '../signin/locked.ts';
import { giveBack, takeTry } from '../signin/tries.ts';
import { findIdentity } from '../sources/identities.ts';
import { linkIdentity } from '../sources/meet.ts';
import { refuseSource } from '../sources/sign-in.ts';
import { type DirectoryTry, proveAt, typedLogin } from './prove.ts';
import type { DirectorySource } from './settings.ts';

export type LinkResult =
  | { readonly outcome: 'linked' | 'refused' | 'away' | 'password-change' }
  /** Of somebody else, or of this person already. */
  | { readonly outcome: 'taken' | 'already' }
  | { readonly outcome: 'throttled'; readonly retryAfter: number };

/**
 * Links somebody who has proved that the account is theirs to the entry whose password they know as well. Tries are counted with
 * those at the sign-in form, under the account, the entry and the network.
 */
export async function linkByDirectory(
  services: Services,
  origin: Origin,
  person: Stored<Person>,
  source: DirectorySource,
  given: Pick<DirectoryTry, 'login' | 'password' | 'knownDevice'>,
): Promise<LinkResult> {
  const { knownDevice } = given;
  const buckets = bucketsOf(services, { identifier: '', person: person.id, ip: origin.ip }, knownDevice);
  const taken = await takeTry(services, buckets);
  const locked = async (bucket: (typeof buckets)[number], retryAfter: number): Promise<LinkResult> => {
    await recordLocked(services, origin, { bucket, subject: { id: person.id }, door: 'sign-in' });
    return { outcome: 'throttled', retryAfter };
  };
  if (!taken.taken) return locked(taken.bucket, taken.retryAfter);
  const login = typedLogin(given);
  const told = { ...given, login: login ?? '', person: undefined, ip: origin.ip };
  const proof = login === undefined ? ({ outcome: 'unknown' } as const) : await proveAt(services, told, source);
  if (proof.outcome === 'throttled') return locked(proof.bucket, proof.retryAfter);
  const refuse = (cause: string) =>
    refuseSource(services, origin, { source: source.id, method: 'ldap', cause, person });
  if (proof.outcome !== 'right') {
    const cause =
      proof.outcome === 'refused' ? proof.cause : proof.outcome === 'away' ? 'directory-away' : proof.outcome;
    await refuse(cause);
    if (proof.outcome === 'away') return { outcome: 'away' };
    return { outcome: proof.outcome === 'refused' && proof.tell !== undefined ? proof.tell : 'refused' };
  }
  await giveBack(services, buckets);
  await proof.settle();
  const owned = async (): Promise<LinkResult> => {
    const owner = await findIdentity(services, proof.proved);
    await refuse('linked-to-another');
    return { outcome: owner?.person === person.id ? 'already' : 'taken' };
  };
  if ((await findIdentity(services, proof.proved)) !== undefined) return owned();
  try {
    await linkIdentity(services, origin, person, proof.proved);
  } catch (fault) {
    if (!(fault instanceof CommitConflict)) throw fault;
    return owned();
  }
  return { outcome: 'linked' };
}
