import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { keys, type SigningKey } from '#storage/collections.ts';
import type { Change, Commit } from '#storage/port.ts';
import type { Services } from '../services.ts';
import { algorithms, allKeys, makingOfKey, readyAt } from './stored.ts';
import { keysTag, turnOfKeys } from './turn.ts';

/** How long a retired key stays published: longer than anything it signed lives, and than a copy of the JWKS is kept. */
const overlap = 24 * 60 * 60 * 1000;

export interface Rotation {
  readonly created: readonly string[];
  readonly activated: readonly string[];
  readonly retired: readonly string[];
}

/**
 * Moves each algorithm's keys one step: what was `next` (published for long enough that everyone has seen it) becomes active,
 * what was active retires and stays published for a day, and a new `next` is made. Where there is no `next` yet, only one is
 * made: the step after activates it.
 *
 * @param options.now at once: the new key signs immediately, for a key that leaked; those who keep a copy of the JWKS fetch it
 *   again when they meet an unknown kid, or refuse its tokens until they do.
 * @throws HubError `too-early` while a next key has not been published for long enough; nothing is done then.
 */
export async function rotateKeys(
  services: Services,
  origin: Origin,
  options: { now?: boolean } = {},
): Promise<Rotation> {
  const created: string[] = [];
  const activated: string[] = [];
  const retired: string[] = [];
  const commits: Commit[] = [];
  const turn = await turnOfKeys(services);
  const all = await allKeys(services);
  if (options.now !== true) refuseUnseen(services, all);
  for (const alg of algorithms) {
    const active = all.find((key) => key.alg === alg && key.state === 'active');
    const next = all.find((key) => key.alg === alg && key.state === 'next');
    if (next !== undefined) {
      commits.push(activating(services, origin, next));
      activated.push(next.id);
    } else if (options.now === true) {
      const made = makingOfKey(services, origin, alg, 'active');
      commits.push(made.commit);
      created.push(made.kid);
      activated.push(made.kid);
    }
    if (active !== undefined && (next !== undefined || options.now === true)) {
      commits.push(retiring(services, origin, active));
      retired.push(active.id);
    }
    const made = makingOfKey(services, origin, alg, 'next');
    commits.push(made.commit);
    created.push(made.kid);
  }
  await services.store.write({
    changes: [turn, ...commits.flatMap((commit) => commit.changes)],
    events: commits.flatMap((commit) => commit.events ?? []),
  });
  return { created, activated, retired };
}

function refuseUnseen(services: Services, all: readonly Stored<SigningKey>[]): void {
  const ready = Math.max(0, ...all.filter(({ state }) => state === 'next').map(readyAt));
  const wait = ready - services.clock.now();
  if (wait <= 0) return;
  const from = new Date(ready).toISOString();
  const message = `The next keys may sign from ${from}, when everybody has seen them; now (--now) only for a key that leaked`;
  throw new HubError('too-early', message, { retryAfter: wait / 1000 });
}

function step(key: Stored<SigningKey>, set: Partial<SigningKey>): Change {
  return { kind: 'update', collection: keys, id: key.id, where: { state: key.state }, set, tag: keysTag };
}

function activating(services: Services, origin: Origin, key: Stored<SigningKey>): Commit {
  return {
    changes: [step(key, { state: 'active', activatedAt: services.clock.now() })],
    events: [draft(origin, 'key.activated', 'success', { detail: { kid: key.id, alg: key.alg } })],
  };
}

function retiring(services: Services, origin: Origin, key: Stored<SigningKey>): Commit {
  return {
    changes: [step(key, { state: 'retired', leavesAt: services.clock.now() + overlap })],
    events: [draft(origin, 'key.retired', 'success', { detail: { kid: key.id, alg: key.alg } })],
  };
}

/**
 * Takes a key that leaked out of use at once: it leaves the JWKS, nothing it signed is accepted here any more (hints, API tokens at
 * introspection and exchange), and where it signed, or was about to, another takes its place. Who checks offline may go on with a copy of
 * the JWKS for as long as they keep it; API tokens live five minutes at most.
 * @throws HubError `not-found`, `conflict` when it was taken out before
 */
export async function retireLeakedKey(services: Services, origin: Origin, kid: string): Promise<Rotation> {
  const turn = await turnOfKeys(services);
  const all = await allKeys(services);
  const leaked = all.find((key) => key.id === kid);
  if (leaked === undefined) throw new HubError('not-found', `There is no key ${kid}; \`keys list\` shows them`);
  if (leaked.leakedAt !== undefined) throw new HubError('conflict', 'This key was taken out of use already');
  const now = services.clock.now();
  const created: string[] = [];
  const activated: string[] = [];
  const commits: Commit[] = [
    {
      changes: [step(leaked, { state: 'retired', leavesAt: now, leakedAt: now })],
      events: [draft(origin, 'key.retired', 'success', { detail: { kid, alg: leaked.alg, cause: 'leaked' } })],
    },
  ];
  const make = (state: 'next' | 'active') => {
    const made = makingOfKey(services, origin, leaked.alg, state);
    commits.push(made.commit);
    created.push(made.kid);
    if (state === 'active') activated.push(made.kid);
  };
  if (leaked.state === 'active') {
    const next = all.find((key) => key.alg === leaked.alg && key.state === 'next');
    if (next === undefined) make('active');
    else {
      commits.push(activating(services, origin, next));
      activated.push(next.id);
    }
  }
  if (leaked.state !== 'retired') make('next');
  await services.store.write({
    changes: [turn, ...commits.flatMap((commit) => commit.changes)],
    events: commits.flatMap((commit) => commit.events ?? []),
  });
  return { created, activated, retired: [kid] };
}
