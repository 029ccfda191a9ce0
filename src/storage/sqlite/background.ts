import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '#platform/clock.ts';
import type { Logger } from '#platform/log.ts';
import type { AuditTable } from './audit-table.ts';
import type { AuditTerms } from './audit-terms.ts';
import type { Tables } from './tables.ts';

interface Parts {
  readonly tables: Tables;
  readonly audit: AuditTable;
  readonly terms: AuditTerms;
  readonly clock: Clock;
  readonly log?: Logger;
}

const every = 1000;
const sweepEvery = 15_000;

/** What the engine does behind the commits, a slice at a time: index the audit, shorten the journal, sweep what expired. */
export class Background {
  readonly #parts: Parts;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;
  #sweptAt = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  start(): void {
    const { log } = this.#parts;
    this.#timer = setInterval(() => {
      if (performance.now() - this.#sweptAt > sweepEvery) this.#sweep();
      this.#once().catch((error: unknown) => {
        log?.warn({ err: error }, 'the store could not do its work in the background; it will try again');
      });
    }, every).unref();
  }

  /** Everything that there is to do. @throws StoreUnavailable */
  async tidy(): Promise<void> {
    this.#sweep();
    this.#parts.terms.catchUp();
    await this.#once();
  }

  /** Ends after the slice in hand. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#running?.catch(() => {});
  }

  #once(): Promise<void> {
    this.#running ??= this.#round().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  #sweep(): void {
    this.#parts.tables.sweep(this.#parts.clock.now());
    this.#sweptAt = performance.now();
  }

  async #round(): Promise<void> {
    const { tables, audit, terms, clock } = this.#parts;
    while (!this.#stopped && terms.isDue(audit.newest)) {
      terms.step();
      await nextTurn();
    }
    while (!this.#stopped && tables.journal.shorten(clock.now())) await nextTurn();
  }
}
