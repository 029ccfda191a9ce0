import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { credentials, people } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { credentialNotice } from '../mail/notices.ts';
import { about } from '../people/about.ts';
import { credentialChange, passwordId } from '../people/credential.ts';
import { requireGoodPassword } from '../people/password-rules.ts';
import { refuseWayIn, requireReach, rightsOf, stillWithin } from '../people/rights.ts';
import type { Services } from '../services.ts';
import { endingsOfPerson } from '../sessions/ending.ts';

/**
 * Sets somebody's password for them: an admin, the help desk, the operator. Every session of theirs ends in the same commit.
 * @throws HubError `not-found`, `forbidden`, `weak-password`, `busy`, `conflict`
 */
export async function setPassword(
  services: Services,
  origin: Origin,
  personId: string,
  password: string,
): Promise<void> {
  const person = await services.store.get(people, personId);
  const rights = await rightsOf(services, origin, person);
  if (!rights.has('hub:password-reset')) throw new HubError('forbidden');
  if (person === undefined) throw new HubError('not-found', 'There is no such person');
  await requireReach(services, origin, person);
  await refuseWayIn(services, origin, person);
  await requireGoodPassword(services, person, password);
  const hash = await services.hasher.hash(password);
  const before = await services.store.get(credentials, passwordId(personId));
  const endings = await endingsOfPerson(services, origin, personId, 'password-changed');
  const who = await about(services, origin, person);
  const type = before === undefined ? 'credential.added' : 'credential.reset';
  try {
    await services.store.write({
      changes: [
        ...stillWithin(origin, person),
        credentialChange(personId, before, hash, services.clock.now()),
        ...endings.changes,
        ...credentialNotice(services, origin, person, before === undefined ? 'password-set' : 'password-changed'),
      ],
      events: [
        draft(origin, type, 'success', { ...who, detail: { kind: 'password', by: 'another' } }),
        ...(endings.events ?? []),
      ],
    });
  } catch (fault) {
    if (!(fault instanceof CommitConflict)) throw fault;
    throw new HubError('conflict', 'The password, or a session, changed meanwhile; try again', { cause: fault });
  }
}
