import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { normalPassword } from '#domain/people/password.ts';
import { credentials, people } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { credentialNotice } from '../mail/notices.ts';
import { about } from '../people/about.ts';
import { requireGoodPassword } from '../people/password-rules.ts';
import type { Services } from '../services.ts';
import { endingsOfPerson } from '../sessions/ending.ts';
import { provePassword } from './prove.ts';

export interface PasswordChange {
  readonly current: string;
  readonly next: string;
  /** The value of the device cookie, if the browser sent one. */
  readonly knownDevice?: string | undefined;
}

/**
 * A person changes their own password. Every session but the one at hand (`origin.session`) ends in the same commit.
 * Guesses at the current password count with those at the sign-in form.
 * @throws HubError `wrong-password` and `weak-password` with the field, `too-many-tries`, `busy`, `conflict`
 */
export async function changeOwnPassword(
  services: Services,
  origin: Origin,
  personId: string,
  { current, next, knownDevice }: PasswordChange,
): Promise<void> {
  const person = await services.store.get(people, personId);
  if (person === undefined) throw new HubError('not-found', 'There is no such person');
  await requireGoodPassword(services, person, next, 'next');
  if (normalPassword(current) === normalPassword(next))
    throw new HubError('weak-password', 'The new password is the old one', {
      faults: [{ path: 'next', message: 'is the password that you have already' }],
    });
  const identifier = person.logins[0] ?? '';
  const door = 'change-password';
  const proof = await provePassword(services, origin, { identifier, person, password: current, knownDevice, door });
  if (proof.outcome === 'throttled') throw new HubError('too-many-tries', undefined, { retryAfter: proof.retryAfter });
  if (proof.outcome === 'refused')
    throw new HubError('wrong-password', undefined, { faults: [{ path: 'current', message: 'is not right' }] });
  const { id, hash: old } = proof.credential;
  const hash = await services.hasher.hash(next);
  const except = origin.session === undefined ? {} : { except: origin.session };
  const endings = await endingsOfPerson(services, origin, personId, 'password-changed', except);
  const who = await about(services, origin, person);
  const set = { hash, changedAt: services.clock.now() };
  try {
    await services.store.write({
      changes: [
        { kind: 'update', collection: credentials, id, where: { hash: old }, set },
        ...endings.changes,
        ...credentialNotice(services, origin, person, 'password-changed'),
      ],
      events: [
        draft(origin, 'credential.reset', 'success', { ...who, detail: { kind: 'password', by: 'owner' } }),
        ...(endings.events ?? []),
      ],
    });
  } catch (fault) {
    if (!(fault instanceof CommitConflict)) throw fault;
    throw new HubError('conflict', 'The password, or a session, changed meanwhile; try again', { cause: fault });
  }
  await proof.settle();
}
