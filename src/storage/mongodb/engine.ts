import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Model, mongo } from 'mongoose';
import type { AuditDraft } from '#domain/audit/event.ts';
import type { Clock } from '#platform/clock.ts';
import { Deadline } from '#platform/deadline.ts';
import type { Logger } from '#platform/log.ts';
import type { Sealer } from '#platform/seal.ts';
import { PersonKeys } from '../audit/person-keys.ts';
import type { Collection, Stored } from '../collection.ts';
import { allCollections } from '../collections.ts';
import type { Moving } from '../moving/moving.ts';
import { type Commit, type Heads, type Page, type Query, StoreUnavailable } from '../port.ts';
import { checkQuery, writeCursor } from '../query.ts';
import { indexesOf, isScalar } from '../record.ts';
import type { Movable, ServingEngine } from '../serving.ts';
import { MongoAuditReader } from './audit-reader.ts';
import { Committer } from './committer.ts';
import { connect, type Wire } from './connection.ts';
import { fromDocument, type RecordDocument } from './document.ts';
import { beginEpoch, checkHeads } from './epoch.ts';
import { asFault } from './faults.ts';
import { type FieldKind, fieldKinds } from './fields.ts';
import { all, behind, filterOf, sortOf, whereOf } from './filter.ts';
import { KeyCache } from './key-cache.ts';
import { Lanes } from './lanes.ts';
import { prepareLayout } from './layout.ts';
import { defaultCallMs, Limits } from './limits.ts';
import { modelOf } from './models.ts';
import { MongoMoving } from './moving.ts';
import { Processes } from './processes.ts';
import { Pulse } from './pulse.ts';

export interface MongoOptions {
  /** `mongodb://` or `mongodb+srv://`; TLS, users and pool sizes are options of it. */
  readonly url: string;
  readonly clock: Clock;
  readonly seal: Sealer;
  readonly log?: Logger;
  /** Name under which a restarted process comes again and takes its lanes back at once; default this one's own. */
  readonly node?: string;
  /** Milliseconds that a call may take; default 1500, which is less than what waits for it gives it. */
  readonly callMs?: number;
}

/** Milliseconds that laying the store out may take at a start, and between two tries. */
const startMs = 60_000;
const againMs = 500;

/** A commit this recent (ms) proves what a ping would. */
const proof = 300;

interface Table {
  readonly model: Model<RecordDocument>;
  readonly documents: mongo.Collection<RecordDocument>;
  readonly indexes: ReturnType<typeof indexesOf>;
  readonly kinds: ReadonlyMap<string, FieldKind>;
}

/** The engine over MongoDB (README.md beside this file). */
export class MongoEngine implements ServingEngine, Movable {
  readonly name = 'mongodb';
  readonly audit: MongoAuditReader;
  readonly #parts: Parts;
  readonly #tables: ReadonlyMap<string, Table>;
  readonly #committer: Committer;
  readonly #deadline: Deadline;

  constructor(options: MongoOptions, parts: Parts) {
    const { wire, lanes, pulse, processes } = parts;
    const { clock } = options;
    this.#parts = parts;
    this.#deadline = new Deadline({ ms: wire.limits.callMs, fault: late });
    this.#tables = parts.tables;
    const keys = new PersonKeys(options.seal);
    const cache = new KeyCache(wire);
    this.audit = new MongoAuditReader(wire, keys, cache, (work) => this.#within(work));
    const process = processes.id;
    const proved = () => processes.proved();
    this.#committer = new Committer({ wire, process, lanes, pulse, cache, keys, clock, proved });
  }

  async get<T extends object>(collection: Collection<T>, id: string): Promise<Stored<T> | undefined> {
    const { documents } = this.#table(collection);
    const found = await this.#within(() => documents.findOne({ _id: id }, { ...this.#parts.wire.limits.read }));
    return found === null ? undefined : fromDocument<T>(found);
  }

  async find<T extends object>(collection: Collection<T>, query: Query): Promise<Page<T>> {
    const { documents, indexes, kinds } = this.#table(collection);
    const checked = checkQuery(collection.name, indexes, query);
    const filter = all([filterOf(checked.tests, kinds), behind(checked)]);
    // One more than asked for tells whether there is another page.
    const options = { sort: sortOf(checked.sort), limit: checked.limit + 1, ...this.#parts.wire.limits.read };
    const found = await this.#within(() => documents.find(filter, options).toArray());
    const items = found.slice(0, checked.limit).map((document) => fromDocument<T>(document));
    const last = items.at(-1);
    if (found.length <= checked.limit || last === undefined) return { items, next: null };
    const value: unknown = (last as Record<string, unknown>)[checked.sort.field];
    return { items, next: writeCursor(checked.mark(), last.id, isScalar(value) ? value : undefined) };
  }

  async count(collection: Collection, where?: Query['where']): Promise<number> {
    const { documents, indexes, kinds } = this.#table(collection);
    checkQuery(collection.name, indexes, where === undefined ? {} : { where });
    return this.#within(() => documents.countDocuments(whereOf(where, kinds), { ...this.#parts.wire.limits.read }));
  }

  commit(commit: Commit): Promise<void> {
    const size = commit.changes.length + (commit.events?.length ?? 0);
    const work = () => this.#committer.commit(commit);
    const { limits } = this.#parts.wire;
    const ms = limits.commitMs(size);
    if (ms === limits.callMs) return this.#within(work);
    const patient = new Deadline({ ms, fault: late });
    return patient.of(work());
  }

  changes(collection: Collection): number {
    return this.#parts.pulse.of(collection.name);
  }

  ping(): Promise<void> {
    return this.#within(() => this.#parts.processes.ping(proof));
  }

  /** @throws Error always: a copy of a replica set is the business of its own tools */
  backup(): Promise<void> {
    return Promise.reject(
      new Error(
        'a MongoDB store is copied by its own tools: mongodump --oplog (or snapshots of its volumes); ' +
          'for a copy in one file: npm run hub -- store copy --to sqlite:<path>',
      ),
    );
  }

  assertNotOlderThan(heads: Heads): Promise<void> {
    return this.#within(() => checkHeads(this.#parts.wire, heads));
  }

  beginNewEpoch(event: AuditDraft): Promise<number> {
    return beginEpoch(this, this.#parts.wire, this.#parts.lanes, event);
  }

  moving(): Moving {
    return new MongoMoving(this.#parts.wire);
  }

  /** The mongoose models behind the collections. */
  model(collection: Collection): Model<RecordDocument> {
    return this.#table(collection).model;
  }

  /**
   * Lets commits that are under way end, gives the lanes back and closes the connection. A store that is gone keeps nobody from
   * ending, and is waited for twice as long as for one call: what is open on the lanes is settled by whoever takes them over.
   */
  async close(): Promise<void> {
    const { wire, lanes, processes, pulse } = this.#parts;
    const soon = (work: Promise<unknown>) => this.#deadline.of(work).catch(() => {});
    await soon(this.#committer.idle());
    await soon(Promise.all([pulse.stop(), lanes.close(), processes.stop()]));
    await wire.connection.close();
  }

  /** A deadline of our own: the driver's limits are per stage, and some of them come in a row. */
  async #within<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.#deadline.of(work());
    } catch (error) {
      throw asFault(error);
    }
  }

  #table(collection: Collection): Table {
    const table = this.#tables.get(collection.name);
    if (table === undefined) throw new Error(`the store has no collection ${collection.name}`);
    return table;
  }
}

function late(): StoreUnavailable {
  return new StoreUnavailable('the store did not answer in time');
}

interface Parts {
  readonly wire: Wire;
  readonly tables: ReadonlyMap<string, Table>;
  readonly processes: Processes;
  readonly lanes: Lanes;
  readonly pulse: Pulse;
}

/**
 * Opens (and makes, if need be) a store on MongoDB.
 *
 * @throws UnfitServer for a standalone, StoreUnavailable when nobody answers, StoreTooNew, WrongSecret
 */
export async function openMongo(options: MongoOptions): Promise<MongoEngine> {
  const wire = await connect(options.url, new Limits(options.callMs ?? defaultCallMs));
  try {
    const made = allCollections.map((one) => ({ collection: one as Collection, model: modelOf(wire.connection, one) }));
    await patiently(() => prepareLayout(wire, options.seal, made), options.log);
    const tables = new Map(made.map(({ collection, model }) => [collection.name, tableOf(wire, collection, model)]));
    const processes = new Processes(wire, options.node ?? `${hostname()}/${process.pid}`);
    const pulse = new Pulse(wire);
    await processes.start();
    await pulse.start();
    const lanes = new Lanes({ wire, processes, log: options.log });
    return new MongoEngine(options, { wire, tables, processes, lanes, pulse });
  } catch (error) {
    await wire.connection.close().catch(() => {});
    throw asFault(error);
  }
}

/** A start may wait for indexes to be built and for a server that is slow at first; what it does can all be done again. */
async function patiently(work: () => Promise<void>, log: Logger | undefined): Promise<void> {
  const until = performance.now() + startMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(asFault(error) instanceof StoreUnavailable) || performance.now() > until) throw error;
      log?.warn({ err: error }, 'the store is not laid out yet; it is tried again');
      await sleep(againMs);
    }
  }
}

function tableOf({ db }: Wire, collection: Collection, model: Model<RecordDocument>): Table {
  const documents = db.collection<RecordDocument>(collection.name);
  return { model, documents, indexes: indexesOf(collection), kinds: fieldKinds(collection) };
}
