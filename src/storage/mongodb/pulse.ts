import type { mongo } from 'mongoose';

import type { Wire } from './connection.ts';
import { type LaneDocument, lanesCollection } from './lane.ts';
import type { Limits } from './limits.ts';

/** How often the store is asked what others have changed, and for how long an answer stands (ms). */
const every = 200;
const standsFor = 1000;

type Counts = Readonly<Record<string, number>>;

/**
 * How often each collection was changed: by this process at once, by others within a fifth of a second. Commits count in
 * their own lane, so that counting makes nobody wait; here the lanes are added up.
 *
 * When the store has not been heard for a second, every question gets another number: caches then believe nothing they hold,
 * because what has changed meanwhile is not known.
 */
export class Pulse {
  readonly #lanes: mongo.Collection<LaneDocument>;
  readonly #limits: Limits;
  /** Per lane, as far as it is known. */
  readonly #counts = new Map<string, Counts>();
  readonly #totals = new Map<string, number>();
  #heardAt = Number.NEGATIVE_INFINITY;
  #doubts = 0;
  #timer: NodeJS.Timeout | undefined;
  #asking: Promise<void> | undefined;

  constructor({ db, limits }: Wire) {
    this.#lanes = db.collection(lanesCollection);
    this.#limits = limits;
  }

  async start(): Promise<void> {
    await this.#ask();
    this.#timer = setInterval(() => {
      this.#asking ??= this.#ask()
        .catch(() => {})
        .finally(() => {
          this.#asking = undefined;
        });
    }, every).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#asking;
  }

  of(collection: string): number {
    if (performance.now() - this.#heardAt > standsFor) this.#doubts++;
    return (this.#totals.get(collection) ?? 0) + this.#doubts;
  }

  /** This process has committed on a lane. */
  count(writer: string, names: readonly string[]): void {
    const before = this.#counts.get(writer) ?? {};
    this.#merge(writer, Object.fromEntries(names.map((name) => [name, (before[name] ?? 0) + 1])));
  }

  /** A change that no lane knows of. */
  countAlone(collection: string): void {
    this.#totals.set(collection, (this.#totals.get(collection) ?? 0) + 1);
  }

  async #ask(): Promise<void> {
    const asked = performance.now();
    const lanes = await this.#lanes.find({}, { projection: { changed: 1 }, ...this.#limits.read }).toArray();
    for (const { _id, changed } of lanes) this.#merge(_id, changed);
    this.#heardAt = asked;
  }

  /** Counts only rise, so whatever was heard first, the higher one is the newer. */
  #merge(writer: string, counts: Counts): void {
    const before = this.#counts.get(writer) ?? {};
    for (const [name, count] of Object.entries(counts)) {
      const more = count - (before[name] ?? 0);
      if (more > 0) this.#totals.set(name, (this.#totals.get(name) ?? 0) + more);
    }
    this.#counts.set(writer, { ...before, ...maxima(before, counts) });
  }
}

function maxima(before: Counts, counts: Counts): Counts {
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, Math.max(count, before[name] ?? 0)] as const),
  );
}
