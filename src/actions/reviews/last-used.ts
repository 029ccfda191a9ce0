import type { Services } from '../services.ts';
import type { Holder, LiveItem } from './live.ts';

/** When somebody last entered a system that a role opens. */
export interface LastUsed {
  /** Milliseconds; absent: never since `since`. */
  readonly at?: number;
  readonly system?: string;
  /** How far back was looked, ms: to when the role was given, a year at most. */
  readonly since: number;
}

const year = 365 * 24 * 60 * 60 * 1000;

/**
 * When each of one person's items was last used: the last `entry.granted` into a system that the role grants, since it was given. One
 * question to the audit's index of this person for each system, however many items.
 */
export async function lastUsed(
  services: Services,
  { person }: Holder,
  items: readonly LiveItem[],
): Promise<Map<string, LastUsed>> {
  const horizon = services.clock.now() - year;
  const entered = new Map<string, number | undefined>();
  for (const system of new Set(items.flatMap(({ gives }) => [...gives.keys()])))
    entered.set(system, await lastEntry(services, person.id, system, horizon));
  return new Map(
    items.map(({ key, gives, assignment }): [string, LastUsed] => {
      const since = Math.max(horizon, assignment?.from ?? 0, assignment?.at ?? 0, person.createdAt);
      const uses = [...gives.keys()]
        .map((system) => ({ system, at: entered.get(system) ?? 0 }))
        .filter(({ at }) => at >= since);
      const [newest] = uses.toSorted((a, b) => b.at - a.at);
      return [key, { ...newest, since }];
    }),
  );
}

async function lastEntry(
  { store }: Services,
  person: string,
  system: string,
  horizon: number,
): Promise<number | undefined> {
  const since = new Date(horizon).toISOString();
  const type = system === 'hub' ? { type: 'admin.signed-in' } : { type: 'entry.granted', system };
  const [newest] = (await store.audit.query({ person, ...type, since, order: 'newest', limit: 1 })).items;
  return newest === undefined ? undefined : Date.parse(newest.at);
}
