import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditDraft } from '#domain/audit/event.ts';
import type { Clock } from '#platform/clock.ts';
import { keyHolder } from '../audit/key-holder.ts';
import type { PersonKeys } from '../audit/person-keys.ts';
import { personKeys } from '../collections.ts';
import { type Commit, StoreUnavailable } from '../port.ts';
import type { AuditTable, NumberedEvent } from './audit-table.ts';
import { type Connection, StoreBusy } from './connection.ts';
import { writeFact } from './facts.ts';
import { appendJournal, writeJournal } from './journal.ts';
import type { KeptTable } from './kept-table.ts';
import type { LiveTable } from './live-table.ts';
import { decode } from './row.ts';
import { type Pending, Stage } from './staging.ts';
import type { Tables } from './tables.ts';

interface Queued {
  readonly commit: Commit;
  /** When it was queued, by the process's own clock. */
  readonly since: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Parts {
  readonly connection: Connection;
  readonly tables: Tables;
  readonly audit: AuditTable;
  readonly keys: PersonKeys;
  readonly clock: Clock;
}

const largestBatch = 500;
const probeWeight = 64 * 1024;
/** Milliseconds that a commit waits for another process to give the file back, and between tries. */
const longestWait = 1500;
const retryAfter = 25;
/** A commit this recent (ms) proves what a ping would. */
const proof = 500;

/**
 * Gathers the commits of one turn of the event loop into one transaction. Each is checked by itself and fails by itself;
 * what passes is written together and answered when it is on disk. Memory changes only after that.
 */
export class Writer {
  readonly #parts: Parts;
  #queue: Queued[] = [];
  #scheduled = false;
  #closed = false;
  #broken = false;
  #wroteAt = Number.NEGATIVE_INFINITY;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  commit(commit: Commit): Promise<void> {
    if (this.#parts.connection.readOnly)
      return Promise.reject(new StoreUnavailable('the store was opened to read only'));
    if (this.#closed) return Promise.reject(new StoreUnavailable('the store is closed'));
    return new Promise((resolve, reject) => {
      this.#queue.push({ commit, since: performance.now(), resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => this.#flush());
    });
  }

  /** @throws StoreUnavailable when the file cannot be read and written now. */
  ping(): void {
    const { connection, clock } = this.#parts;
    if (connection.readOnly) {
      connection.get('SELECT 1');
      return;
    }
    if (!this.#broken && performance.now() - this.#wroteAt < proof) return;
    // After a refusal a few bytes prove nothing: on a full disk they may find a gap that no commit fits into.
    const weight = this.#broken ? 'x'.repeat(probeWeight) : '';
    this.#transaction(() => writeFact(connection, 'ping', `${clock.now()}${weight}`));
    if (weight !== '') this.#transaction(() => writeFact(connection, 'ping', String(clock.now())));
  }

  /** Writes what is queued now. */
  async idle(): Promise<void> {
    while (this.#queue.length > 0) {
      this.#flush();
      if (this.#queue.length > 0) await sleep(retryAfter);
    }
  }

  /** Takes nothing more and writes what is queued. */
  async drain(): Promise<void> {
    this.#closed = true;
    await this.idle();
  }

  #flush(): void {
    this.#scheduled = false;
    const batch = this.#queue.splice(0, largestBatch);
    if (batch.length === 0) return;
    if (this.#queue.length > 0) {
      this.#scheduled = true;
      setImmediate(() => this.#flush());
    }
    const stage = new Stage((name) => this.#parts.tables.of(name));
    const events: NumberedEvent[] = [];
    const passed: Queued[] = [];
    const failed: [Queued, unknown][] = [];
    for (const queued of batch) {
      const mark = events.length;
      try {
        stage.attempt(() => this.#stage(stage, queued.commit, events));
        passed.push(queued);
      } catch (error) {
        events.length = mark;
        failed.push([queued, error]);
      }
    }
    try {
      if (passed.length > 0) this.#write([...stage.results()], events);
    } catch (error) {
      if (error instanceof StoreBusy) {
        this.#waitFor(batch, error);
        return;
      }
      // A refusal may have rested on a commit of the same batch that is not there now, so nobody gets one.
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const { resolve } of passed) resolve();
    for (const [{ reject }, error] of failed) reject(error);
  }

  /** Puts commits back that may wait a little longer; the event loop goes on meanwhile. */
  #waitFor(batch: readonly Queued[], busy: StoreBusy): void {
    const overdue = performance.now() - longestWait;
    this.#queue.unshift(...batch.filter(({ since }) => since > overdue));
    for (const { since, reject } of batch) if (since <= overdue) reject(busy);
    if (this.#scheduled || this.#queue.length === 0) return;
    this.#scheduled = true;
    setTimeout(() => this.#flush(), retryAfter);
  }

  #stage(stage: Stage, commit: Commit, events: NumberedEvent[]): void {
    for (const change of commit.changes) {
      if ((change.kind === 'insert' || change.kind === 'put') && this.#parts.tables.isFull(change.collection.name)) {
        throw new StoreUnavailable(`there is no room for more ${change.collection.name} until older ones expire`);
      }
      stage.apply(change);
    }
    for (const draft of commit.events ?? []) events.push(this.#link(stage, draft, events.at(-1)));
  }

  #link(stage: Stage, draft: AuditDraft, before: NumberedEvent | undefined): NumberedEvent {
    const { audit, clock } = this.#parts;
    const person = draft.personal === undefined ? undefined : keyHolder(draft);
    const key = person === undefined ? 'hub' : this.#keyOf(stage, person);
    return audit.link(draft, before, clock.now(), key);
  }

  /** The person's key as this commit sees it, made at the first event about them. */
  #keyOf(stage: Stage, person: string): { sealed: string } {
    const row = stage.read(personKeys.name, person);
    if (row !== undefined) return decode<{ sealed: string }>(row);
    const data = this.#parts.keys.create(this.#parts.clock.now());
    stage.apply({ kind: 'insert', collection: personKeys, id: person, data });
    return data;
  }

  #write(results: [string, ReadonlyMap<string, Pending>][], events: readonly NumberedEvent[]): void {
    const { connection, tables, audit } = this.#parts;
    const kept: [KeptTable, string, Pending][] = [];
    const live: [LiveTable, string, Pending][] = [];
    for (const [name, changes] of results) {
      const keptTable = tables.kept.get(name);
      const liveTable = tables.live.get(name);
      for (const [id, pending] of changes) {
        if (keptTable !== undefined) kept.push([keptTable, id, pending]);
        else if (liveTable !== undefined) live.push([liveTable, id, pending]);
      }
    }
    const journal = tables.journal.newest + 1;
    const text = writeJournal(
      live.map(([table, id, pending]) => [table.name, id, pending === null ? null : pending.row] as const),
    );
    this.#transaction(() => {
      for (const [table, id, pending] of kept) table.write(id, pending);
      if (text !== '') appendJournal(connection, journal, text);
      audit.append(events);
    });
    if (text !== '') tables.journal.appended(journal, text);
    for (const [table, id, pending] of kept) table.applied(id, pending);
    for (const [table, id, pending] of live) table.apply(id, pending, journal);
    for (const [name] of results) tables.of(name).changes++;
    const last = events.at(-1);
    if (last !== undefined) audit.applied(last);
  }

  #transaction(work: () => void): void {
    const { connection } = this.#parts;
    try {
      if (this.#broken) connection.reopen();
      connection.transaction(work);
      this.#broken = false;
      this.#wroteAt = performance.now();
    } catch (error) {
      if (!(error instanceof StoreBusy)) this.#broken = true;
      throw error instanceof StoreUnavailable
        ? error
        : new StoreUnavailable('the database file cannot be opened', error);
    }
  }
}
