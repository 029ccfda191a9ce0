import { assignments, people, policyVersions } from '#storage/collections.ts';
import type { Store } from '#storage/store.ts';
import type { Services } from '../services.ts';
import { policyInForce } from './in-force.ts';
import { askEverybody } from './what-if/run.ts';

/** One separation rule that one person breaches as things stand. */
export interface StandingConflict {
  readonly separation: string;
  readonly title: string;
  readonly mode: 'prevent' | 'warn';
  readonly person: string;
  readonly personId: string;
}

interface Found {
  readonly conflicts: readonly StandingConflict[];
  /** Ms; until then the answer cannot change by time alone. */
  readonly until: number;
}

const cache = new WeakMap<Store, { readonly state: string; readonly found: Promise<Found> }>();

/**
 * Every breach under the policy in force, by rule and person. It takes a walk over everybody, so the answer is kept until the
 * policy, a person or an assignment changes, or a date is reached at which one begins or ends: its pages cost one walk.
 */
export async function standingConflicts(services: Services): Promise<readonly StandingConflict[]> {
  const { store, clock } = services;
  // Counted before it is read: a change in between makes the next call walk again.
  const state = [policyVersions, people, assignments].map((collection) => store.changes(collection)).join(' ');
  const cached = cache.get(store);
  if (cached?.state === state) {
    const { conflicts, until } = await cached.found;
    if (clock.now() < until) return conflicts;
  }
  const found = walk(services, clock.now());
  cache.set(store, { state, found });
  found.catch(() => cache.delete(store));
  return (await found).conflicts;
}

/** @param at milliseconds since 1970 */
async function walk(services: Services, at: number): Promise<Found> {
  const { text, compiled } = await policyInForce(services);
  const question = { kind: 'conflicts', policy: text === '' ? null : text, at } as const;
  const { breaches, until } = await askEverybody(services, question, { compiled: new Map([[text, compiled]]) });
  const rules = new Map(compiled.document.separation.map((rule) => [rule.id, rule]));
  const conflicts = breaches.map(({ separation, id, person }): StandingConflict => {
    const { title = '', mode = 'warn' } = rules.get(separation) ?? {};
    return { separation, title, mode, person, personId: id };
  });
  conflicts.sort((a, b) =>
    a.separation === b.separation ? order(a.personId, b.personId) : order(a.separation, b.separation),
  );
  return { conflicts, until };
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
