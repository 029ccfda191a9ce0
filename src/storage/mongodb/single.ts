import { setTimeout as sleep } from 'node:timers/promises';
import { type Change, StoreUnavailable } from '../port.ts';

import type { Wire } from './connection.ts';
import type { RecordDocument } from './document.ts';
import { asFault, isLost, isTransient } from './faults.ts';
import { stepOf } from './steps.ts';
import { conflictOf, type Failure, writeOne } from './transaction.ts';

/**
 * One conditional write of one record. When its answer is lost, the mark in the record tells whether it was written; if not,
 * it is tried again, until `patience` (ms) is over.
 *
 * @throws CommitConflict, StoreUnavailable
 */
export async function writeAlone(wire: Wire, change: Change, mark: string, patience: number): Promise<void> {
  const until = performance.now() + patience;
  const step = stepOf(change, mark);
  let lost = false;
  for (;;) {
    try {
      if (lost && (await isWritten(wire, change, mark))) return;
      const failure: Failure | undefined = await writeOne(wire, step);
      if (failure === undefined) return;
      if (isRace(failure)) continue;
      // The driver repeats a write whose answer was lost by itself, and what it met may be its own first try.
      if (await isWritten(wire, change, mark)) return;
      throw await conflictOf(wire, change, failure.index);
    } catch (error) {
      if (!isLost(error) && !isTransient(error)) throw asFault(error);
      lost = true;
      if (performance.now() > until) throw new StoreUnavailable('the store did not answer in time', error);
      await sleep(Math.random() * 50);
    }
  }
}

/** Two that both found nothing to write over made it at once; the second finds it now. */
function isRace({ step, index }: Failure): boolean {
  return index === '_id_' && step.change?.kind === 'put';
}

async function isWritten(wire: Wire, change: Change, mark: string): Promise<boolean> {
  if (change.kind === 'remove') return false;
  const records = wire.db.collection<RecordDocument>(change.collection.name);
  const found = await records.findOne({ _id: change.id, c: mark }, { ...wire.limits.read, projection: { _id: 1 } });
  return found !== null;
}
