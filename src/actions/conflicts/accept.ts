import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { isActive } from '#domain/people/active.ts';
import type { Stored } from '#storage/collection.ts';
import { type Acceptance, acceptances, people } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { actorOf, named } from '../named.ts';
import { about } from '../people/about.ts';
import type { Services } from '../services.ts';
import { conflictCause } from './cause.ts';

export interface NewAcceptance {
  /** Person id of whoever breaches the rule. */
  readonly person: string;
  readonly separation: string;
  /** 1 to 500 characters. */
  readonly reason: string;
  /** Person id of whoever answers for it; never the person themselves. */
  readonly owner: string;
  /** Milliseconds since 1970, exclusive; within a year. */
  readonly until: number;
  /** To change one that stands: the version that was seen. */
  readonly ifVersion?: number | undefined;
}

const longest = 366 * 24 * 60 * 60 * 1000;

/** Id of the acceptance of one person's breach of one rule. */
export function acceptanceId(person: string, separation: string): string {
  return `${person}:${separation}`;
}

/** Does it count at this instant? */
export function isAccepted(acceptance: Acceptance | undefined, now: number): boolean {
  return acceptance?.state === 'accepted' && now < acceptance.until;
}

/**
 * Bears a standing breach for a while.
 * @throws HubError `not-found` (no such breach stands), `forbidden` (one's own), `invalid`, `already-exists`, `stale`
 */
export async function acceptConflict(
  services: Services,
  origin: Origin,
  given: NewAcceptance,
): Promise<Stored<Acceptance>> {
  const { store, clock } = services;
  const person = await store.get(people, given.person);
  const sides = person === undefined ? undefined : await conflictCause(services, person, given.separation);
  if (person === undefined || sides === undefined) throw new HubError('not-found', 'No such breach stands');
  if (origin.actor.kind === 'person' && origin.actor.id === person.id)
    throw new HubError('forbidden', 'Nobody accepts a breach of their own');
  const owner = await check(services, given);
  const now = clock.now();
  const id = acceptanceId(person.id, given.separation);
  const before = await store.get(acceptances, id);
  if (given.ifVersion !== undefined && given.ifVersion !== before?.version) throw new HubError('stale');
  if (isAccepted(before, now) && given.ifVersion === undefined)
    throw new HubError('already-exists', 'This breach is accepted already; change that one');
  const { separation, reason, until } = given;
  const data: Acceptance = {
    ...{ person: person.id, separation, reason: reason.trim(), owner: owner.id, until },
    ...{ by: actorOf(origin), at: now, state: 'accepted' },
  };
  const who = await about(services, origin, person);
  const change: Change =
    before === undefined
      ? { kind: 'insert', collection: acceptances, id, data }
      : { kind: 'replace', collection: acceptances, id, data, ifVersion: before.version };
  const event = draft(origin, 'conflict.accepted', 'success', {
    subject: who.subject,
    detail: { separation, until: new Date(until).toISOString() },
    ...(before !== undefined && isAccepted(before, now)
      ? { before: { until: new Date(before.until).toISOString() } }
      : {}),
    personal: { ...who.personal, detail: { reason: data.reason, owner: named(owner) } },
  });
  try {
    await store.write({ changes: [change], events: [event] });
  } catch (error) {
    throw error instanceof CommitConflict ? new HubError('stale', undefined, { cause: error }) : error;
  }
  return { ...data, id, version: (before?.version ?? 0) + 1 };
}

async function check({ store, clock }: Services, given: NewAcceptance) {
  const owner = await store.get(people, given.owner);
  const now = clock.now();
  const faults = [];
  if (!isActive(owner, now)) faults.push({ path: 'owner', message: 'is nobody with an active account' });
  else if (owner.id === given.person)
    faults.push({ path: 'owner', message: 'is the person themselves; name somebody else who answers for it' });
  if (given.reason.trim() === '' || given.reason.length > 500)
    faults.push({ path: 'reason', message: 'say why, in 1 to 500 characters' });
  if (!(given.until > now && given.until <= now + longest))
    faults.push({ path: 'until', message: 'has to lie ahead, within a year' });
  if (owner === undefined || faults.length > 0) throw new HubError('invalid', undefined, { faults });
  return owner;
}
