import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { credentials, type Identity, identities, type Person, sources } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { credentialsOf } from '../factors/credentials.ts';
import { credentialNotice } from '../mail/notices.ts';
import { about } from '../people/about.ts';
import type { Services } from '../services.ts';
import { identitiesOf } from './identities.ts';

/**
 * Unlinks an identity from its person, who keeps another way in: a password, a passkey, or an identity of another enabled source.
 * @throws HubError `not-found`, `conflict` when it is the last way in
 */
export async function unlinkIdentity(
  services: Services,
  origin: Origin,
  person: Stored<Person>,
  id: string,
): Promise<void> {
  const all = await identitiesOf(services, person.id);
  const identity = all.find((one) => one.id === id);
  if (identity === undefined) throw new HubError('not-found', 'There is no such link');
  const others = all.filter((one) => one.id !== id);
  const guard = await otherWayIn(services, person.id, others);
  if (guard === undefined) throw new HubError('conflict', 'This is the last way in; set a password or a passkey first');
  const who = await about(services, origin, person);
  const { source, issuer } = identity;
  try {
    await services.store.write({
      changes: [
        guard,
        { kind: 'remove', collection: identities, id, ifVersion: identity.version },
        ...credentialNotice(services, origin, person, 'factor-removed'),
      ],
      events: [
        draft(origin, 'person.unlinked', 'success', {
          subject: who.subject,
          detail: { source, issuer },
          personal: who.personal,
        }),
      ],
    });
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
    throw new HubError('stale', undefined, { cause: error });
  }
}

/** What holds on to the way in that stays: the commit fails when that one goes at the same moment. */
async function otherWayIn(
  services: Services,
  person: string,
  others: readonly Stored<Identity>[],
): Promise<Change | undefined> {
  const { password, passkeys } = await credentialsOf(services, person);
  const credential = password ?? passkeys[0];
  if (credential !== undefined) {
    const { id, changedAt } = credential;
    return { kind: 'update', collection: credentials, id, where: { person }, set: { changedAt } };
  }
  for (const { id, source, usedAt } of others) {
    if ((await services.store.get(sources, source))?.enabled !== true) continue;
    return { kind: 'update', collection: identities, id, where: { person }, set: { usedAt } };
  }
  return undefined;
}
