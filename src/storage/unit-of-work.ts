import type { AuditDraft } from '#domain/audit/event.ts';
import type { Collection, Stored } from './collection.ts';
import type { Change, Commit, Engine, Page, Query } from './port.ts';

/** What a record will be once the unit is committed; `null` = removed. */
type Pending = Stored<Record<string, unknown>> | null;

/**
 * The buffered writes of one request. Changes keep their order and their conditions: the engine checks every condition at
 * commit, so what was read here decides nothing about what may be spent.
 */
export class UnitOfWork {
  readonly #engine: Pick<Engine, 'get' | 'find' | 'commit'>;
  readonly #changes: Change[] = [];
  readonly #events: AuditDraft[] = [];
  readonly #pending = new Map<string, Map<string, Pending>>();
  readonly #after: (() => void)[] = [];

  constructor(engine: Pick<Engine, 'get' | 'find' | 'commit'>) {
    this.#engine = engine;
  }

  get empty(): boolean {
    return this.#changes.length === 0 && this.#events.length === 0;
  }

  get events(): readonly AuditDraft[] {
    return this.#events;
  }

  /** Runs once the commit has succeeded: mails, wake-ups. Never for state. */
  afterCommit(callback: () => void): void {
    this.#after.push(callback);
  }

  stage(commit: Commit): void {
    for (const change of commit.changes) {
      this.#changes.push(change);
      this.#preview(change);
    }
    this.#events.push(...(commit.events ?? []));
  }

  /** Events that belong before everything staged so far, though they become known only now. */
  precede(events: readonly AuditDraft[]): void {
    this.#events.unshift(...events);
  }

  get<T extends object>(collection: Collection<T>, id: string): Promise<Stored<T> | undefined> {
    const pending = this.#pending.get(collection.name)?.get(id);
    if (pending === undefined) return this.#engine.get(collection, id);
    return Promise.resolve(pending === null ? undefined : (pending as unknown as Stored<T>));
  }

  async find<T extends object>(collection: Collection<T>, query: Query): Promise<Page<T>> {
    const page = await this.#engine.find(collection, query);
    const pending = this.#pending.get(collection.name);
    if (pending === undefined) return page;
    const tests = Object.entries(query.where ?? {});
    const holds = (record: Record<string, unknown>) =>
      tests.every(([field, test]) => {
        const value = record[field];
        return Array.isArray(value) ? value.includes(test) : value === test;
      });
    const untouched = page.items.filter((item) => !pending.has(item.id));
    const staged = [...pending.values()].filter((item): item is Stored<Record<string, unknown>> => {
      return item !== null && holds(item);
    });
    return { items: [...untouched, ...(staged as unknown as Stored<T>[])], next: page.next };
  }

  /** Writes everything in one commit. @throws CommitConflict, StoreUnavailable; nothing is written then. */
  async commit(): Promise<void> {
    if (this.empty) return;
    const changes = this.#changes.splice(0);
    const events = this.#events.splice(0);
    this.#pending.clear();
    await this.#engine.commit({ changes, events });
    for (const callback of this.#after.splice(0)) callback();
  }

  /** Forgets everything that was buffered. */
  drop(): void {
    this.#changes.length = 0;
    this.#events.length = 0;
    this.#after.length = 0;
    this.#pending.clear();
  }

  #preview(change: Change): void {
    const { collection, id } = change;
    let records = this.#pending.get(collection.name);
    if (records === undefined) {
      records = new Map();
      this.#pending.set(collection.name, records);
    }
    if (change.kind === 'remove') {
      records.set(id, null);
      return;
    }
    const expiry = change.expiresAt === undefined ? {} : { expiresAt: change.expiresAt };
    if (change.kind !== 'update') {
      const version = change.kind === 'replace' ? change.ifVersion + 1 : 1;
      records.set(id, { ...change.data, id, version, ...expiry });
      return;
    }
    // An update of a record this unit has not written itself is applied by the engine; what it will be is not known here.
    const before = records.get(id);
    if (before === undefined || before === null) return;
    const after: Record<string, unknown> = { ...before, ...change.set, ...expiry };
    for (const field of change.unset ?? []) delete after[field];
    for (const [field, amount] of Object.entries(change.add ?? {})) {
      after[field] = (typeof after[field] === 'number' ? after[field] : 0) + amount;
    }
    records.set(id, { ...after, id, version: before.version });
  }
}
