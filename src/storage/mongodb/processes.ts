import { randomBytes } from 'node:crypto';
import type { mongo } from 'mongoose';
import type { Wire } from './connection.ts';
import type { Limits } from './limits.ts';

interface ProcessDocument {
  readonly _id: string;
  /** Whose successor may take its lanes at once: a restarted process comes under the same name. */
  readonly node: string;
  /** By the server's clock. */
  readonly until: Date;
}

/** Milliseconds that a process counts as living after it was last heard of, and how often it says that it lives. */
const life = 10_000;
const every = 1000;

/** The processes that have this store open, by the server's clock; what lanes are taken over by. */
export class Processes {
  readonly id = randomBytes(9).toString('base64url');
  readonly #processes: mongo.Collection<ProcessDocument>;
  readonly #db: mongo.Db;
  readonly #node: string;
  readonly #limits: Limits;
  #timer: NodeJS.Timeout | undefined;
  #provedAt = Number.NEGATIVE_INFINITY;
  /** When it was last said that this process lives: one that only commits says nothing of the kind. */
  #saidAt = Number.NEGATIVE_INFINITY;
  #saying: Promise<void> | undefined;

  constructor({ db, limits }: Wire, node: string) {
    this.#db = db;
    this.#processes = db.collection('processes');
    this.#limits = limits;
    this.#node = node;
  }

  async start(): Promise<void> {
    await this.#say();
    // Those that ended without a word, long ago.
    const stale = new Date(Date.now() - 24 * 3_600_000);
    await this.#processes.deleteMany({ until: { $lt: stale } }, { ...this.#limits.write });
    this.#timer = setInterval(() => {
      if (this.#saying === undefined && performance.now() - this.#saidAt > every / 2) this.#say().catch(() => {});
    }, every).unref();
  }

  /** A majority has confirmed something just now. */
  proved(): void {
    this.#provedAt = performance.now();
  }

  /** Resolves when a majority of the store has taken a write. */
  async ping(freshMs: number): Promise<void> {
    if (performance.now() - this.#provedAt < freshMs) return;
    await this.#say();
  }

  /** Ids of the processes that live, this one's predecessors under the same name left out. */
  async living(): Promise<string[]> {
    const { localTime } = (await this.#db.command({ hello: 1 })) as unknown as { localTime: Date };
    const found = await this.#processes.find({}, { ...this.#limits.read }).toArray();
    // Compared here: `$$NOW` in the filter of a find is not known to every server that speaks the protocol.
    const alive = found.filter(({ node, until }) => node !== this.#node && until.getTime() > localTime.getTime());
    return alive.map(({ _id }) => _id);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#saying?.catch(() => {});
    await this.#processes.deleteOne({ _id: this.id }, { ...this.#limits.write }).catch(() => {});
  }

  #say(): Promise<void> {
    this.#saying ??= this.#write().finally(() => {
      this.#saying = undefined;
    });
    return this.#saying;
  }

  async #write(): Promise<void> {
    const now = performance.now();
    await this.#processes.updateOne(
      { _id: this.id },
      [{ $set: { node: this.#node, until: { $add: ['$$NOW', life] } } }],
      { upsert: true, ...this.#limits.write },
    );
    this.#saidAt = now;
    this.proved();
  }
}
