import { type DirectorySettings, DirectoryTrouble } from '#actions/directories/port.ts';
import type { Connection } from './connection.ts';

/** Connections to one directory at the same time, for one use. */
const most = 4;
/** Questions that may wait for one. */
const mostWaiting = 200;
/** How long one may rest, in milliseconds, before it is closed. */
const restMs = 30_000;

interface Waiting {
  readonly take: (connection: Connection | undefined) => void;
}

/** Connections that are used one after the other by many: bounded, reused, closed when nobody needs them. */
export class Pool {
  readonly #open: () => Promise<Connection>;
  readonly #patienceMs: number;
  readonly #idle: { readonly connection: Connection; readonly timer: NodeJS.Timeout }[] = [];
  readonly #waiting: Waiting[] = [];
  #busy = 0;
  #closed = false;

  constructor(directory: Pick<DirectorySettings, 'timeoutMs'>, open: () => Promise<Connection>) {
    this.#open = open;
    this.#patienceMs = directory.timeoutMs;
  }

  /**
   * Does the work on a connection that nobody else uses meanwhile. When one that had rested turns out to be cut off, the work is
   * done again on a fresh one.
   * @throws DirectoryTrouble `busy` when none comes free in time
   */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const rested = await this.#turn();
    try {
      if (rested?.usable === true) {
        try {
          return await this.#done(rested, work);
        } catch (fault) {
          if (!(fault instanceof DirectoryTrouble) || fault.kind !== 'unreachable') throw fault;
        }
      }
      return await this.#done(await this.#open(), work);
    } finally {
      this.#free();
    }
  }

  close(): void {
    this.#closed = true;
    for (const { connection, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      connection.close();
    }
  }

  async #done<T>(connection: Connection, work: (connection: Connection) => Promise<T>): Promise<T> {
    try {
      return await work(connection);
    } finally {
      if (this.#closed || !connection.usable) connection.close();
      else this.#rest(connection);
    }
  }

  #rest(connection: Connection): void {
    const timer = setTimeout(() => {
      const place = this.#idle.findIndex((one) => one.connection === connection);
      if (place >= 0) this.#idle.splice(place, 1);
      connection.close();
    }, restMs).unref();
    this.#idle.push({ connection, timer });
  }

  #rested(): Connection | undefined {
    const rested = this.#idle.pop();
    clearTimeout(rested?.timer);
    return rested?.connection;
  }

  async #turn(): Promise<Connection | undefined> {
    if (this.#busy < most) {
      this.#busy += 1;
      return this.#rested();
    }
    if (this.#waiting.length >= mostWaiting) throw new DirectoryTrouble('busy', 'too many ask it at once');
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        take: (connection) => {
          clearTimeout(timer);
          resolve(connection);
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new DirectoryTrouble('busy', 'too many ask it at once'));
      }, this.#patienceMs);
      this.#waiting.push(waiting);
    });
  }

  #free(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy -= 1;
    else next.take(this.#rested());
  }
}
