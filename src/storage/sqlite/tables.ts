import type { Collection } from '../collection.ts';
import type { Connection } from './connection.ts';
import { isGone, JournalLog } from './journal-log.ts';
import { KeptTable } from './kept-table.ts';
import { LiveTable } from './live-table.ts';

/** Every collection of the store, kept and live, and the journal of the live ones. */
export class Tables {
  readonly live = new Map<string, LiveTable>();
  readonly kept = new Map<string, KeptTable>();
  readonly journal: JournalLog;
  /** Characters that live records may take up; one collection gets half, so that a flood of one leaves room for the rest. */
  readonly #room: number;

  constructor(connection: Connection, collections: readonly Collection[], room: number) {
    this.#room = room;
    for (const collection of collections) {
      if (collection.life === 'live') this.live.set(collection.name, new LiveTable(collection));
      else this.kept.set(collection.name, new KeptTable(connection, collection));
    }
    this.journal = new JournalLog(connection, this.live);
  }

  /** @throws Error for a collection that the engine was not opened with. */
  of(name: string): KeptTable | LiveTable {
    const table = this.live.get(name) ?? this.kept.get(name);
    if (table === undefined) throw new Error(`the store has no collection ${name}`);
    return table;
  }

  /** Is there no room for another record of this collection? */
  isFull(name: string): boolean {
    const table = this.live.get(name);
    if (table === undefined) return false;
    if (table.size > this.#room / 2) return true;
    let all = 0;
    for (const { size } of this.live.values()) all += size;
    return all > this.#room;
  }

  /**
   * Drops live records that expired long ago. Nothing is written: a replay leaves them out by the same rule.
   *
   * @returns how many
   */
  sweep(now: number): number {
    let dropped = 0;
    for (const table of this.live.values()) {
      for (const row of table.rows.values()) {
        if (!isGone(row, now)) continue;
        table.remove(row.id);
        dropped++;
      }
    }
    return dropped;
  }

  /** Forgets what was read before, because the file may have changed behind it. */
  forget(): void {
    for (const table of this.kept.values()) table.forget();
  }
}
