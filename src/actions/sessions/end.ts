import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { people, sessions } from '#storage/collections.ts';
import type { Commit } from '#storage/port.ts';
import { requireWithin, stillWithin } from '../people/rights.ts';
import type { Services } from '../services.ts';
import { type EndingReason, endingOfSession, endingsOfPerson, sessionsOf } from './ending.ts';

/** Ends one session of a person. @throws HubError `not-found` when the person has no session of that public id. */
export async function endSession(
  services: Services,
  origin: Origin,
  person: string,
  session: string,
  why: EndingReason,
): Promise<void> {
  const record = await services.store.one(sessions, 'uid', session);
  if (record === undefined || record.account !== person) throw new HubError('not-found', 'There is no such session');
  await write(services, origin, person, await endingOfSession(services, origin, record, why));
}

/** Ends all of a person's sessions, but for one if wanted. @returns how many. */
export async function endSessions(
  services: Services,
  origin: Origin,
  person: string,
  why: EndingReason,
  options: { except?: string } = {},
): Promise<number> {
  const count = (await sessionsOf(services, person)).filter((session) => session.uid !== options.except).length;
  if (count === 0) return 0;
  await write(services, origin, person, await endingsOfPerson(services, origin, person, why, options));
  return count;
}

/** A right that is limited to departments holds if the person is of one of them in this commit. */
async function write(services: Services, origin: Origin, id: string, { changes, events }: Commit): Promise<void> {
  const person = origin.within === undefined ? undefined : await services.store.get(people, id);
  if (person !== undefined) requireWithin(origin, person);
  const only = person === undefined ? [] : stillWithin(origin, person);
  await services.store.write({ changes: [...only, ...changes], ...(events === undefined ? {} : { events }) });
}
