import type { Collection } from '../collection.ts';
import type { Connection } from './connection.ts';
import { readJournal } from './journal.ts';
import { KeptTable } from './kept-table.ts';
import { LiveTable } from './live-table.ts';
import { type Data, entriesOf, type Row } from './row.ts';

/** Every collection of the store, kept and live. */
export class Tables {
  readonly live = new Map<string, LiveTable>();
  readonly kept = new Map<string, KeptTable>();
  /** Number of the newest journal row. */
  journal = 0;
  readonly #connection: Connection;

  constructor(connection: Connection, collections: readonly Collection[]) {
    this.#connection = connection;
    for (const collection of collections) {
      if (collection.life === 'live') this.live.set(collection.name, new LiveTable(collection));
      else this.kept.set(collection.name, new KeptTable(connection, collection));
    }
  }

  /** @throws Error for a collection that the engine was not opened with. */
  of(name: string): KeptTable | LiveTable {
    const table = this.live.get(name) ?? this.kept.get(name);
    if (table === undefined) throw new Error(`the store has no collection ${name}`);
    return table;
  }

  /** Brings the live records back from the journal. */
  replay(): void {
    const newest = new Map<LiveTable, Map<string, { row: Row; journal: number }>>();
    for (const table of this.live.values()) newest.set(table, new Map());
    for (const { n, body } of this.#connection.iterate('SELECT n, body FROM journal ORDER BY n')) {
      this.journal = Number(n);
      for (const [collection, id, row] of readJournal(String(body))) {
        const table = this.live.get(collection);
        const rows = table === undefined ? undefined : newest.get(table);
        // Taken out first, so that records stand in the order of their last change.
        rows?.delete(id);
        if (row !== null) rows?.set(id, { row, journal: this.journal });
      }
    }
    for (const [table, rows] of newest) {
      for (const [id, { row, journal }] of rows) {
        // A slice keeps the whole journal row alive; a copy does not.
        const json = Buffer.from(row.json).toString();
        const entries = entriesOf(table.indexes, JSON.parse(json) as Data);
        table.apply(id, { row: { ...row, json }, entries }, journal);
      }
    }
  }
}
