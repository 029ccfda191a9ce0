import type { Engine } from '#storage/port.ts';

/** With the age of an answer that is still good, less than the second within which a dead store is to be seen. */
const deadlineMs = 750;
/** Probes come from several sides and from anybody; the store is asked once for all of them. */
const freshMs = 150;

/** Can the hub serve? Asked by load balancers; red within a second of the store's last answer, and on stopping. */
export class Readiness {
  readonly #engine: Pick<Engine, 'ping'>;
  #draining = false;
  #asked: { at: number; fault: Promise<string | undefined> } | undefined;
  /** Milliseconds since 1970 of the last probe; 0 = nobody probes. */
  lastProbe = 0;

  constructor(engine: Pick<Engine, 'ping'>) {
    this.#engine = engine;
  }

  get draining(): boolean {
    return this.#draining;
  }

  drain(): void {
    this.#draining = true;
  }

  /** Why not, in words that may be shown; empty = ready. */
  async reasons(): Promise<string[]> {
    this.lastProbe = Date.now();
    const reasons = this.#draining ? ['draining: the hub is stopping'] : [];
    if (this.#asked === undefined || Date.now() - this.#asked.at > freshMs) {
      this.#asked = { at: Date.now(), fault: this.#ping() };
    }
    const fault = await this.#asked.fault;
    return fault === undefined ? reasons : [...reasons, fault];
  }

  async #ping(): Promise<string | undefined> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const timer = setTimeout(() => resolve(`store: no answer within ${deadlineMs} ms`), deadlineMs);
    try {
      return await Promise.race([this.#engine.ping().then(() => undefined), promise]);
    } catch {
      return 'store: it cannot be read and written';
    } finally {
      clearTimeout(timer);
    }
  }
}
