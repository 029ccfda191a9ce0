/** How often a deadline looks, in ms. */
const tickMs = 100;

interface Waiting {
  readonly since: number;
  giveUp(): void;
}

interface Patience {
  /** How long a call may take, in ms, kept to a tenth of a second. */
  readonly ms: number;
  /** What a caller is told whose patience is over. */
  readonly fault: () => Error;
  /** After so many ms without an answer `tell` is called, again and again while it lasts. */
  readonly slow?: { readonly ms: number; tell(): void };
}

/**
 * One patience for many calls, kept by one timer for all of them, and by none while nobody waits.
 *
 * Patience is counted in ticks, not in time: while this process itself stands still (a long computation, a stopped machine)
 * no tick passes, so that what it could not hear is not held against who did answer.
 */
export class Deadline {
  readonly #patience: Patience;
  /** In the order in which they began, since all have the same patience. */
  readonly #waiting = new Set<Waiting>();
  #now = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** Settles as the work does, or rejects when it is late; the work itself goes on and is not heard any more. */
  of<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const waiting = { since: this.#now, giveUp: () => reject(this.#patience.fault()) };
      this.#waiting.add(waiting);
      this.#timer ??= setInterval(() => this.#tick(), tickMs).unref();
      work.then(
        (value) => {
          this.#waiting.delete(waiting);
          resolve(value);
        },
        (error: unknown) => {
          this.#waiting.delete(waiting);
          reject(error);
        },
      );
    });
  }

  /** Everybody's patience is over. */
  giveUp(): void {
    for (const waiting of this.#waiting) waiting.giveUp();
    this.#waiting.clear();
  }

  #tick(): void {
    this.#now += 1;
    const { ms, slow } = this.#patience;
    for (const waiting of this.#waiting) {
      const waited = (this.#now - waiting.since) * tickMs;
      if (waited < ms) {
        if (slow !== undefined && waited >= slow.ms) slow.tell();
        return;
      }
      this.#waiting.delete(waiting);
      waiting.giveUp();
    }
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
