import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { credentials, factorGraces, type Person, people } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { credentialNotice } from '../mail/notices.ts';
import { about } from '../people/about.ts';
import { refuseWayIn, requireReach, rightsOf, stillWithin } from '../people/rights.ts';
import type { Services } from '../services.ts';
import { endingsOfPerson } from '../sessions/ending.ts';
import { endRecoveryCodes } from './recovery-codes.ts';
import { factorsOf } from './remove.ts';
import { lostFactorTurn, turnOfFactors } from './turn.ts';

/** May this actor take factors from this person? @throws HubError `forbidden` */
async function requireHelper(services: Services, origin: Origin, person: Stored<Person>): Promise<void> {
  if (!(await rightsOf(services, origin, person)).has('hub:password-reset')) throw new HubError('forbidden');
  await requireReach(services, origin, person);
  await refuseWayIn(services, origin, person);
}

/**
 * Takes one second factor, or all of them with recovery codes and remembered browsers, from somebody who lost it. Every session
 * ends in the same commit, and the time for setting up a new one begins afresh when it is asked for next.
 * @param which the id of one factor, or `all`
 * @returns how many were taken. @throws HubError `not-found`, `forbidden`, `invalid` without a reason
 */
export async function resetFactors(
  services: Services,
  origin: Origin,
  personId: string,
  options: { readonly which: string; readonly reason?: string },
): Promise<number> {
  const person = await services.store.get(people, personId);
  if (person === undefined) throw new HubError('not-found', 'There is no such person');
  await requireHelper(services, origin, person);
  const turn = await turnOfFactors(services, personId);
  const held = await factorsOf(services, personId);
  const taken = options.which === 'all' ? held : held.filter(({ id }) => id === options.which);
  if (taken.length === 0 && options.which !== 'all') throw new HubError('not-found', 'There is no such way to sign in');
  const codes = taken.length === held.length ? await endRecoveryCodes(services, personId) : [];
  const endings = await endingsOfPerson(services, origin, personId, 'factors-reset');
  const who = await about(services, origin, person);
  const why = options.reason === undefined ? {} : { detail: { reason: options.reason } };
  const changes: Change[] = [
    turn,
    ...stillWithin(origin, person),
    ...taken.map(({ id, version }): Change => ({ kind: 'remove', collection: credentials, id, ifVersion: version })),
    ...codes,
    { kind: 'remove', collection: factorGraces, id: personId },
    ...endings.changes,
    ...credentialNotice(services, origin, person, 'factors-reset'),
  ];
  const detail = { kind: 'second-factors', taken: taken.map(({ kind }) => kind), by: 'another' };
  await services.store
    .write({
      changes,
      events: [
        draft(origin, 'credential.reset', 'success', {
          subject: who.subject,
          detail,
          personal: { ...who.personal, ...why },
        }),
        ...(endings.events ?? []),
      ],
    })
    .catch(lostFactorTurn);
  return taken.length;
}
