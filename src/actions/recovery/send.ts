import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { credentials, people } from '#storage/collections.ts';
import { effectiveAccess } from '../access/effective.ts';
import { about } from '../people/about.ts';
import { passwordId } from '../people/credential.ts';
import { requireReach, rightsOf } from '../people/rights.ts';
import type { Services } from '../services.ts';
import { type LinkPurpose, linkFor } from './link.ts';

/**
 * An admin, the help desk or the operator sends somebody a link to choose a password: an invitation, or a reset where there is
 * one already. Links before it die.
 * @throws HubError `not-found`, `forbidden`, `invalid` at `email` or `status`
 */
export async function sendLink(services: Services, origin: Origin, personId: string): Promise<LinkPurpose> {
  if (!(await rightsOf(services, origin)).has('hub:password-reset')) throw new HubError('forbidden');
  const person = await services.store.get(people, personId);
  if (person === undefined) throw new HubError('not-found', 'There is no such person');
  await requireReach(services, origin, person);
  // Who may change the address of a mailbox may read it; by that road a token would come to rights that it cannot be given.
  if (origin.actor.kind === 'system' && (await effectiveAccess(services, person)).hub.size > 0)
    throw new HubError('forbidden', 'An API token cannot send links to somebody with rights in the hub');
  const fault = (path: string, message: string) => new HubError('invalid', undefined, { faults: [{ path, message }] });
  if (person.status !== 'active') throw fault('status', 'is disabled; enable the account first');
  if (person.email === undefined) throw fault('email', 'is missing; give the person an address first');
  const purpose = (await services.store.get(credentials, passwordId(personId))) === undefined ? 'invite' : 'reset';
  const who = await about(services, origin, person);
  await services.store.write({
    changes: await linkFor(services, origin, person, purpose),
    events: [draft(origin, 'credential.offered', 'success', { ...who, detail: { kind: purpose } })],
  });
  return purpose;
}
