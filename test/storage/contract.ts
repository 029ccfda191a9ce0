/**
 * The storage contract as a suite that every engine runs: what `src/storage/port.ts` promises, races included.
 * An engine that passes may serve the hub.
 */
import type { Clock } from '#platform/clock.ts';
import type { Engine } from '#storage/port.ts';
import { auditContract } from './contract/audit.ts';
import { conditionContract } from './contract/conditions.ts';
import { queryContract } from './contract/queries.ts';
import { raceContract } from './contract/races.ts';

/** An empty store, and the way to close it and open what it has kept. */
export interface Bed {
  readonly engine: Engine;
  reopen(): Promise<Engine>;
  close(): Promise<void>;
}

/** Makes an empty store that goes by this clock. */
export type MakeBed = (clock: Clock) => Promise<Bed>;

export function storageContract(name: string, make: MakeBed): void {
  conditionContract(name, make);
  queryContract(name, make);
  raceContract(name, make);
  auditContract(name, make);
}
