import { hostname } from 'node:os';
import { randomToken } from '#platform/ids.ts';
import type { Logger } from '#platform/log.ts';
import { leases } from '../collections.ts';
import { CommitConflict, type Engine } from '../port.ts';
import { type Times, times } from './times.ts';

export interface Lease {
  /** May the job have its next effect? To be asked before each; false as soon as another could have taken over. */
  readonly held: boolean;
  /** Gives it up, so that another takes it at once. */
  release(): Promise<void>;
}

export interface LeaseOptions extends Partial<Times> {
  readonly log?: Logger | undefined;
}

/** When the broom may take what nobody moved any more, in ms: far beyond what clocks may differ. */
const forgottenMs = 24 * 60 * 60 * 1000;

type LeasedEngine = Pick<Engine, 'exclusive' | 'get' | 'commit'>;

/** Names one keeper of leases: the machine and process for people, the rest to be nobody else's. */
export function newHolder(): string {
  return `${hostname()}/${process.pid}/${randomToken().slice(0, 8)}`;
}

/**
 * Keeps trying to be the one process of all that does a job, and keeps being it until released. A holder that dies is
 * followed by another after `ttlMs` at most and one look more. Where the store serves one process alone, that one holds
 * every lease and nothing is written.
 */
export function keepLease(engine: LeasedEngine, name: string, options: LeaseOptions = {}): Lease {
  if (engine.exclusive) return { held: true, release: async () => {} };
  return new KeptLease(engine, name, { ...times, ...options });
}

class KeptLease implements Lease {
  readonly holder = newHolder();
  readonly #engine: LeasedEngine;
  readonly #name: string;
  readonly #options: LeaseOptions & Times;
  readonly #timer: NodeJS.Timeout;
  #deadline: Instant | undefined;
  /** The record of another's lease and since when it has not moved. */
  #watched: { stamp: string; since: number } | undefined;
  #running: Promise<void>;
  #busy = false;
  #closed = false;

  constructor(engine: LeasedEngine, name: string, options: LeaseOptions & Times) {
    this.#engine = engine;
    this.#name = name;
    this.#options = options;
    this.#running = this.#step();
    this.#timer = setInterval(() => {
      if (!this.#busy) this.#running = this.#step();
    }, options.everyMs);
    this.#timer.unref();
  }

  get held(): boolean {
    return !this.#closed && this.#deadline !== undefined && isBefore(this.#deadline);
  }

  async release(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#running;
    if (this.#deadline === undefined) return;
    const where = { holder: this.holder };
    await this.#engine
      .commit({ changes: [{ kind: 'remove', collection: leases, id: this.#name, where }] })
      // Taken over meanwhile, or no store: it runs out by itself.
      .catch(() => {});
  }

  async #step(): Promise<void> {
    this.#busy = true;
    try {
      await (this.#deadline === undefined ? this.#tryToTake() : this.#renew());
    } catch (error) {
      if (error instanceof CommitConflict) this.#lose();
      else this.#options.log?.debug({ err: error, lease: this.#name }, 'a lease could not be looked at');
    } finally {
      this.#busy = false;
    }
  }

  #lose(): void {
    this.#deadline = undefined;
    this.#watched = undefined;
  }

  async #renew(): Promise<void> {
    const deadline = this.#deadlineFromNow();
    const where = { holder: this.holder };
    const data = this.#record();
    await this.#engine.commit({
      changes: [
        { kind: 'update', collection: leases, id: this.#name, where, set: data, expiresAt: data.until + forgottenMs },
      ],
    });
    this.#deadline = deadline;
  }

  async #tryToTake(): Promise<void> {
    const found = await this.#engine.get(leases, this.#name);
    if (this.#closed) return;
    const deadline = this.#deadlineFromNow();
    const data = this.#record();
    const place = { collection: leases, id: this.#name, data, expiresAt: data.until + forgottenMs };
    if (found === undefined) {
      await this.#engine.commit({ changes: [{ kind: 'insert', ...place }] });
    } else if (found.holder === this.holder || this.#hasStopped(found)) {
      await this.#engine.commit({
        changes: [{ kind: 'replace', ...place, ifVersion: found.version }],
      });
      if (found.holder !== this.holder)
        this.#options.log?.info({ lease: this.#name, from: found.holder }, 'took over a lease that was not renewed');
    } else {
      return;
    }
    this.#deadline = deadline;
    this.#watched = undefined;
  }

  /** Has the record stood still for as long as a lease lives, by this process's own clock? Two clocks are never compared. */
  #hasStopped(found: { holder: string; version: number }): boolean {
    const stamp = `${found.holder} ${found.version}`;
    if (this.#watched?.stamp !== stamp) this.#watched = { stamp, since: performance.now() };
    return performance.now() - this.#watched.since >= this.#options.ttlMs;
  }

  #record(): { holder: string; until: number } {
    return { holder: this.holder, until: Date.now() + this.#options.ttlMs };
  }

  /** Counted from before the commit, and a little short: clocks may run at a slightly different pace. */
  #deadlineFromNow(): Instant {
    return after(this.#options.ttlMs * 0.9);
  }
}

/** On both clocks of the machine: the steady one stands still while the machine sleeps, the other may be set. */
interface Instant {
  readonly steady: number;
  readonly wall: number;
}

function after(ms: number): Instant {
  return { steady: performance.now() + ms, wall: Date.now() + ms };
}

function isBefore(instant: Instant): boolean {
  return performance.now() < instant.steady && Date.now() < instant.wall;
}
