import type { AuditDraft } from '#domain/audit/event.ts';
import type { Moving } from './moving/moving.ts';
import type { Engine, Heads } from './port.ts';

/** An engine that can be copied while it serves; what the command line gets of a running hub. */
export interface Copyable extends Engine {
  /** Writes a consistent copy to a file. @throws Error where the engine's own tools have to be used, naming them */
  backup(file: string): Promise<void>;
}

/** What the process that serves wants of its engine beyond the port. Both engines give it. */
export interface ServingEngine extends Copyable {
  /**
   * A store older than its newest checkpoint is a copy from before: serving it would accept again what was spent since.
   *
   * @throws StoreOlder
   */
  assertNotOlderThan(heads: Heads): Promise<void>;
  /**
   * For a restored copy, before it serves: everything live is dropped, the audit goes on under new writers, and `event` is
   * their first record.
   *
   * @returns the number of the new epoch
   */
  beginNewEpoch(event: AuditDraft): Promise<number>;
}

/** An engine that can be moved to another (moving/). */
export interface Movable extends Engine {
  /** The whole of it, while nobody commits. */
  moving(): Moving;
}
