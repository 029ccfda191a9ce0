import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '#platform/clock.ts';
import type { Logger } from '#platform/log.ts';
import type { AuditTerms } from './audit-terms.ts';
import type { Tables } from './tables.ts';

const every = 1000;
const sweepEvery = 15_000;

/** What the engine does behind the commits, a slice at a time: index the audit, shorten the journal, sweep what expired. */
export class Background {
  readonly #parts: { tables: Tables; terms: AuditTerms; clock: Clock; log?: Logger };
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;
  #sweptAt = 0;

  constructor(parts: { tables: Tables; terms: AuditTerms; clock: Clock; log?: Logger }) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#running ??= this.#round().finally(() => {
        this.#running = undefined;
      });
    }, every).unref();
  }

  /** Ends after the slice in hand. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  async #round(): Promise<void> {
    const { tables, terms, clock, log } = this.#parts;
    try {
      while (!this.#stopped && terms.step()) await nextTurn();
      while (!this.#stopped && tables.journal.shorten(clock.now())) await nextTurn();
      if (performance.now() - this.#sweptAt > sweepEvery) {
        tables.sweep(clock.now());
        this.#sweptAt = performance.now();
      }
    } catch (error) {
      log?.warn({ err: error }, 'the store could not do its work in the background; it will try again');
    }
  }
}
