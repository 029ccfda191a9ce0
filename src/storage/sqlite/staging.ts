import type { Scalar } from '../port.ts';
import { type Change, CommitConflict, type Condition, type ConflictReason } from '../port.ts';
import type { Data, NamedIndex } from '../record.ts';
import { type Entries, encode, entriesOf, keyOf, type Row, recordOf } from './row.ts';

/** What staging needs of a collection as it is committed so far. */
export interface Committed {
  readonly name: string;
  readonly indexes: readonly NamedIndex[];
  read(id: string): Row | undefined;
  /** Who holds a value of a unique index; `key` is as `keyOf` gives it. */
  holder(index: number, entry: readonly Scalar[]): string | undefined;
}

/** A record as it will be, with its index entries; null = removed. */
export type Pending = { readonly row: Row; readonly entries: Entries } | null;

class CollectionStage {
  readonly committed: Committed;
  readonly pending = new Map<string, Pending>();
  /** Per unique index: value -> who will hold it, null = nobody. */
  readonly claims: Map<Scalar, string | null>[];

  constructor(committed: Committed) {
    this.committed = committed;
    this.claims = committed.indexes.map(() => new Map());
  }

  current(id: string): { row: Row; entries: Entries | undefined } | undefined {
    const pending = this.pending.get(id);
    if (pending !== undefined) return pending ?? undefined;
    const row = this.committed.read(id);
    return row === undefined ? undefined : { row, entries: undefined };
  }
}

/**
 * The commits of one batch, checked one after the other against what is committed and what the earlier ones of the batch
 * will write. Nothing outside is touched: when the transaction fails, the stage is dropped and that is all.
 */
export class Stage {
  readonly #lookup: (name: string) => Committed;
  readonly #collections = new Map<string, CollectionStage>();
  /** Undoes the changes of the commit in hand, in reverse. */
  #undo: (() => void)[] = [];

  constructor(lookup: (name: string) => Committed) {
    this.#lookup = lookup;
  }

  /** Runs one commit: when `work` throws, what it staged is taken back. */
  attempt(work: () => void): void {
    this.#undo = [];
    try {
      work();
    } catch (error) {
      for (const step of this.#undo.reverse()) step();
      throw error;
    }
  }

  /** @throws CommitConflict when the change's condition fails. */
  apply(change: Change): void {
    const stage = this.#stageOf(change.collection.name);
    const before = stage.current(change.id);
    if (change.kind === 'remove') this.#remove(stage, change, before?.row);
    else this.#write(stage, change, ...outcome(change, before?.row));
  }

  /** The record as this batch will leave it. */
  read(collection: string, id: string): Row | undefined {
    return this.#stageOf(collection).current(id)?.row;
  }

  /** What the batch will write, by collection, once every commit has been tried. */
  *results(): Iterable<[string, ReadonlyMap<string, Pending>]> {
    for (const [name, stage] of this.#collections) if (stage.pending.size > 0) yield [name, stage.pending];
  }

  #write(stage: CollectionStage, change: Change, row: Row, data: Data): void {
    const { id } = row;
    const { indexes } = stage.committed;
    const entries = entriesOf(indexes, data);
    this.#release(stage, id);
    indexes.forEach((index, at) => {
      if (index.unique) for (const entry of entries[at] ?? []) this.#claim(stage, at, entry, change);
    });
    this.#set(stage.pending, id, { row, entries });
  }

  #remove(stage: CollectionStage, change: Change & { kind: 'remove' }, row: Row | undefined): void {
    if (change.ifVersion !== undefined) {
      if (row === undefined) fail(change, 'missing');
      if (row.version !== change.ifVersion) fail(change, 'stale');
    }
    if (change.where !== undefined) {
      if (row === undefined) fail(change, 'missing');
      if (!meets(recordOf(row), change.where)) fail(change, 'condition');
    }
    if (row === undefined) return;
    this.#release(stage, change.id);
    this.#set(stage.pending, change.id, null);
  }

  #release(stage: CollectionStage, id: string): void {
    const { indexes } = stage.committed;
    if (!indexes.some((index) => index.unique)) return;
    const before = stage.current(id);
    if (before === undefined) return;
    const entries = before.entries ?? entriesOf(indexes, recordOf(before.row));
    indexes.forEach((index, at) => {
      const claims = stage.claims[at];
      if (!index.unique || claims === undefined) return;
      for (const entry of entries[at] ?? []) this.#set(claims, keyOf(entry), null);
    });
  }

  #claim(stage: CollectionStage, at: number, entry: readonly Scalar[], change: Change): void {
    const claims = stage.claims[at];
    if (claims === undefined) return;
    const key = keyOf(entry);
    const claimed = claims.get(key);
    const holder = claimed === undefined ? stage.committed.holder(at, entry) : (claimed ?? undefined);
    if (holder !== undefined && holder !== change.id) fail(change, 'unique', stage.committed.indexes[at]?.name);
    this.#set(claims, key, change.id);
  }

  #set<K, V>(map: Map<K, V>, key: K, value: V): void {
    const before = map.get(key);
    this.#undo.push(() => (before === undefined ? map.delete(key) : map.set(key, before)));
    map.set(key, value);
  }

  #stageOf(name: string): CollectionStage {
    let stage = this.#collections.get(name);
    if (stage === undefined) {
      stage = new CollectionStage(this.#lookup(name));
      this.#collections.set(name, stage);
    }
    return stage;
  }
}

/** What a change that is not a removal makes of a record, and its data for the indexes. @throws CommitConflict */
function outcome(change: Exclude<Change, { kind: 'remove' }>, before: Row | undefined): [Row, Data] {
  const { id, expiresAt } = change;
  const row = (version: number, data: object, until = expiresAt): [Row, Data] => [
    { id, version, expiresAt: until, json: encode(data), record: undefined },
    data as Data,
  ];
  switch (change.kind) {
    case 'insert':
      if (before !== undefined) fail(change, 'exists');
      return row(1, change.data);
    case 'put':
      return row((before?.version ?? 0) + 1, change.data);
    case 'replace':
      if (before === undefined) fail(change, 'missing');
      if (before.version !== change.ifVersion) fail(change, 'stale');
      return row(before.version + 1, change.data);
    case 'update': {
      if (before === undefined) fail(change, 'missing');
      const data = recordOf(before);
      if (change.where !== undefined && !meets(data, change.where)) fail(change, 'condition');
      return row(before.version + 1, updated(data, change), expiresAt ?? before.expiresAt);
    }
  }
}

function fail(change: Change, reason: ConflictReason, index?: string): never {
  throw new CommitConflict(change, reason, index);
}

/** `null` asks for absence; everything else for exactly that value. */
function meets(data: Data, where: Condition): boolean {
  return Object.entries(where).every(([field, value]) => (data[field] ?? null) === value);
}

function updated(data: Data, change: Change & { kind: 'update' }): Data {
  const after: Data = { ...data, ...change.set };
  for (const field of change.unset ?? []) delete after[field];
  for (const [field, amount] of Object.entries(change.add ?? {})) {
    const before = after[field];
    after[field] = (typeof before === 'number' ? before : 0) + amount;
  }
  return after;
}
