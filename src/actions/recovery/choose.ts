import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { credentials } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { credentialNotice } from '../mail/notices.ts';
import { about } from '../people/about.ts';
import { credentialChange, passwordId } from '../people/credential.ts';
import { requireGoodPassword } from '../people/password-rules.ts';
import type { Services } from '../services.ts';
import { endingsOfPerson } from '../sessions/ending.ts';
import { linkTag, openLink } from './link.ts';
import { endUnproved } from './unproved.ts';

/**
 * Spends a link for a new password. Every session, refresh token and remembered browser of the person ends in the same commit;
 * nobody is signed in by it, so a second factor is asked for as always; but on an account whose address a source brought without vouching
 * for it, identities and factors go too (unproved.ts). A refused password uses nothing up.
 * @returns the person. @throws HubError `not-found` when the link is over; `weak-password`, `busy`, `conflict`
 */
export async function choosePassword(
  services: Services,
  origin: Origin,
  token: string,
  password: string,
): Promise<string> {
  const gone = () => new HubError('not-found', 'This link was used, replaced or is too old; ask for a new one');
  const link = await openLink(services, token);
  if (link === undefined) throw gone();
  const { person, purpose, spending } = link;
  await requireGoodPassword(services, person, password);
  const hash = await services.hasher.hash(password);
  const own: Origin = { ...origin, actor: { kind: 'person', id: person.id } };
  const before = await services.store.get(credentials, passwordId(person.id));
  if (before?.changedAt !== link.passwordChangedAt) throw gone();
  const endings = await endingsOfPerson(services, own, person.id, 'password-changed');
  const unproved = await endUnproved(services, own, person);
  const who = await about(services, own, person);
  const type = before === undefined ? 'credential.added' : 'credential.reset';
  const act = before === undefined ? 'password-set' : 'password-changed';
  try {
    await services.store.writeNow({
      changes: [
        ...spending,
        credentialChange(person.id, before, hash, services.clock.now()),
        ...endings.changes,
        ...unproved.changes,
        ...credentialNotice(services, own, person, act),
      ],
      events: [
        draft(own, type, 'success', { ...who, detail: { kind: 'password', by: 'owner', link: purpose } }),
        ...(endings.events ?? []),
        ...(unproved.events ?? []),
      ],
    });
  } catch (fault) {
    if (!(fault instanceof CommitConflict)) throw fault;
    if (fault.change.tag === linkTag) throw gone();
    throw new HubError('conflict', 'The password, or a session, changed meanwhile; try again', { cause: fault });
  }
  return person.id;
}
