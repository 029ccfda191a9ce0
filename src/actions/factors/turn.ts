import { HubError } from '#domain/errors.ts';
import { accountCondition } from '#domain/people/account-state.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import type { Services } from '../services.ts';
import { turnOf } from '../turn.ts';

const factorsTag = 'factors';

/** Id of the record of a person's turns. */
export function factorTurnId(person: string): string {
  return `factors:${person}`;
}

/**
 * Of several acts on one person's second factors at the same moment one passes: otherwise nine enrolments would all count seven
 * keys, and two removals would each leave the other's factor as the last. To be asked for before the factors are read.
 */
export function turnOfFactors(services: Pick<Services, 'store'>, person: string): Promise<Change> {
  return turnOf(services, factorTurnId(person), factorsTag);
}

/** For the commit of an enrolment: the account is still as it was when the request began, so that nobody enrols who was just put out. */
export function sameAccount(person: Stored<Person>): Change {
  return {
    kind: 'update',
    collection: people,
    id: person.id,
    where: accountCondition(person),
    set: {},
    tag: factorsTag,
  };
}

/** A lost turn in words. @throws HubError `conflict` instead of that conflict; anything else as it is */
export function lostFactorTurn(fault: unknown): never {
  if (!(fault instanceof CommitConflict) || fault.change.tag !== factorsTag) throw fault;
  throw new HubError('conflict', 'Another way to sign in was added or taken away at this moment; look again', {
    cause: fault,
  });
}
