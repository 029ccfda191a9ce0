import { type Counter, type Limit, secondsLeft, standing } from '#domain/throttle/counter.ts';
import type { Stored } from '#storage/collection.ts';
import { throttles } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import type { Services } from '../services.ts';

/** A counter that a try has to be taken from. The id holds no name and no address, only a keyed hash. */
export interface Bucket {
  readonly id: string;
  readonly limit: Limit;
}

export type Taken =
  | { readonly taken: true }
  /** `bucket` is the one that is full. */
  | { readonly taken: false; readonly bucket: Bucket; readonly retryAfter: number };

interface Wish {
  readonly buckets: readonly Bucket[];
  readonly amount: 1 | -1;
  readonly resolve: (taken: Taken) => void;
  readonly reject: (fault: unknown) => void;
}

/** Milliseconds that a try given back may wait for another wish to share its commit. */
const gathering = 20;

/** Commits that may fail because another process counted in between, before the store is called unavailable. */
const attempts = 50;

/**
 * Counts tries in the store, before what they are tries of. Wishes that come while a commit is on its way are gathered
 * into the next one, so that two hundred tries at once cost one commit and still never get more than the limit.
 */
class Tries {
  readonly #services: Pick<Services, 'store' | 'clock'>;
  #waiting: Wish[] = [];
  #running = false;
  #later: NodeJS.Timeout | undefined;

  constructor(services: Pick<Services, 'store' | 'clock'>) {
    this.#services = services;
  }

  count(buckets: readonly Bucket[], amount: 1 | -1): Promise<Taken> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ buckets, amount, resolve, reject });
      if (this.#running) return;
      // Nobody waits for a try to come back. The next one taken, by this person or anybody, brings it along; under load that
      // is one commit less for each sign-in, and until then the count errs on the safe side.
      if (amount > 0) void this.#run();
      else this.#later ??= setTimeout(() => void this.#run(), gathering).unref();
    });
  }

  async #run(): Promise<void> {
    clearTimeout(this.#later);
    this.#later = undefined;
    this.#running = true;
    while (this.#waiting.length > 0) {
      const wishes = this.#waiting.splice(0);
      try {
        const answers = await this.#settle(wishes);
        for (const [index, wish] of wishes.entries()) wish.resolve(answers[index] ?? { taken: true });
      } catch (fault) {
        for (const wish of wishes) wish.reject(fault);
      }
    }
    this.#running = false;
  }

  async #settle(wishes: readonly Wish[]): Promise<Taken[]> {
    for (let attempt = 1; ; attempt++) {
      const book = new Book(this.#services.clock.now());
      for (const bucket of wishes.flatMap((wish) => wish.buckets))
        if (!book.has(bucket)) book.open(bucket, await this.#services.store.engine.get(throttles, bucket.id));
      const answers = wishes.map((wish) => book.count(wish.buckets, wish.amount));
      const changes = book.changes();
      try {
        if (changes.length > 0) await this.#services.store.engine.commit({ changes });
        return answers;
      } catch (fault) {
        if (!(fault instanceof CommitConflict) || attempt === attempts) throw fault;
      }
    }
  }
}

/** The counters that one gathering of wishes touches. */
class Book {
  readonly #now: number;
  readonly #pages = new Map<string, { bucket: Bucket; before: Stored<Counter> | undefined; now: Counter }>();

  constructor(now: number) {
    this.#now = now;
  }

  has(bucket: Bucket): boolean {
    return this.#pages.has(bucket.id);
  }

  open(bucket: Bucket, before: Stored<Counter> | undefined): void {
    this.#pages.set(bucket.id, { bucket, before, now: standing(before, bucket.limit, this.#now) });
  }

  /** Takes from every bucket, or, when one of them is full, from none. */
  count(buckets: readonly Bucket[], amount: 1 | -1): Taken {
    const pages = buckets.map(({ id }) => this.#pages.get(id)).filter((page) => page !== undefined);
    const full = amount > 0 ? pages.find((page) => page.now.count >= page.bucket.limit.count) : undefined;
    if (full !== undefined)
      return { taken: false, bucket: full.bucket, retryAfter: secondsLeft(full.now, full.bucket.limit, this.#now) };
    for (const page of pages) page.now = { ...page.now, count: Math.max(0, page.now.count + amount) };
    return { taken: true };
  }

  changes(): Change[] {
    return [...this.#pages.values()].flatMap(({ bucket: { id, limit }, before, now }): Change[] => {
      if (now.count === (before?.count ?? 0) && now.since === (before?.since ?? now.since)) return [];
      const rest = { collection: throttles, id, data: now, expiresAt: now.since + limit.windowMs };
      return [
        before === undefined ? { kind: 'insert', ...rest } : { kind: 'replace', ...rest, ifVersion: before.version },
      ];
    });
  }
}

const books = new WeakMap<Services['store'], Tries>();

function triesOf(services: Pick<Services, 'store' | 'clock'>): Tries {
  let tries = books.get(services.store);
  if (tries === undefined) {
    tries = new Tries(services);
    books.set(services.store, tries);
  }
  return tries;
}

/**
 * Takes one try from every bucket; durable before it is answered, whatever becomes of the request.
 * @throws StoreUnavailable
 */
export function takeTry(services: Pick<Services, 'store' | 'clock'>, buckets: readonly Bucket[]): Promise<Taken> {
  return triesOf(services).count(buckets, 1);
}

/**
 * Gives a try back that was no wrong guess. Wrong ones stay counted: a sign-in that succeeds amid a flood of guesses must
 * not open the door for more of them.
 */
export async function giveBack(services: Pick<Services, 'store' | 'clock'>, buckets: readonly Bucket[]): Promise<void> {
  await triesOf(services).count(buckets, -1);
}
