/** Milliseconds that a call may take: less than what waits for it gives it (2 s). */
export const defaultCallMs = 1500;

/** How long calls may take, and the options that make the server keep to it too. */
export class Limits {
  readonly callMs: number;
  /** For every write. The driver passes it on with each command, whatever its types say. */
  readonly write: { readonly maxTimeMS: number };
  /** For every read outside a transaction: no decision rests on what a new primary could still roll back. */
  readonly read: { readonly maxTimeMS: number; readonly readConcern: { readonly level: 'majority' } };

  constructor(callMs: number) {
    this.callMs = callMs;
    this.write = { maxTimeMS: callMs };
    this.read = { maxTimeMS: callMs, readConcern: { level: 'majority' } };
  }

  /** For a commit of so many changes and events: a load of people is no request that somebody waits for. */
  commitMs(size: number): number {
    return size <= 50 ? this.callMs : this.callMs + 10 * size;
  }
}
