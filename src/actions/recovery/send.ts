import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { isActive } from '#domain/people/active.ts';
import { credentials, people } from '#storage/collections.ts';
import { about } from '../people/about.ts';
import { passwordId } from '../people/credential.ts';
import { refuseWayIn, requireReach, rightsOf, stillWithin } from '../people/rights.ts';
import type { Services } from '../services.ts';
import { type LinkPurpose, linkFor } from './link.ts';

/**
 * An admin, the help desk or the operator sends somebody a link to choose a password: an invitation, or a reset where there is
 * one already. Links before it die.
 * @throws HubError `not-found`, `forbidden`, `invalid` at `email` or `status`
 */
export async function sendLink(services: Services, origin: Origin, personId: string): Promise<LinkPurpose> {
  const person = await services.store.get(people, personId);
  if (!(await rightsOf(services, origin, person)).has('hub:password-reset')) throw new HubError('forbidden');
  if (person === undefined) throw new HubError('not-found', 'There is no such person');
  await requireReach(services, origin, person);
  // Who may change the address of a mailbox may read it; by that road a token would come to rights that it cannot be given.
  await refuseWayIn(services, origin, person);
  const fault = (path: string, message: string) => new HubError('invalid', undefined, { faults: [{ path, message }] });
  if (!isActive(person, services.clock.now())) throw fault('status', 'is disabled; enable the account first');
  if (person.email === undefined) throw fault('email', 'is missing; give the person an address first');
  const purpose = (await services.store.get(credentials, passwordId(personId))) === undefined ? 'invite' : 'reset';
  const who = await about(services, origin, person);
  await services.store.write({
    changes: [...stillWithin(origin, person), ...(await linkFor(services, origin, person, purpose))],
    events: [draft(origin, 'credential.offered', 'success', { ...who, detail: { kind: purpose } })],
  });
  return purpose;
}
