import { mongo } from 'mongoose';
import { type Change, CommitConflict, type ConflictReason } from '../port.ts';

import type { Wire } from './connection.ts';
import type { RecordDocument } from './document.ts';
import { refusingIndex } from './faults.ts';
import type { Step, Write } from './steps.ts';

/** A step did not find what it needs, or met another record. */
export interface Failure {
  readonly step: Step;
  /** The unique index it met; undefined = it found nothing. */
  readonly index: string | undefined;
}

/** So many writes go in one command: each has to be done within the deadline of a call. */
const batch = 100;

/** All writes in as few commands as may be (MongoDB 8.0 and newer); the first step that fails is told. */
export async function writeTogether(
  wire: Wire,
  steps: readonly Step[],
  session: mongo.ClientSession,
): Promise<Failure | undefined> {
  for (let from = 0; from < steps.length; from += batch) {
    const failure = await writeBatch(wire, steps.slice(from, from + batch), session);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

async function writeBatch(
  wire: Wire,
  steps: readonly Step[],
  session: mongo.ClientSession,
): Promise<Failure | undefined> {
  const options = { session, ordered: true, verboseResults: true };
  const models = steps.map(({ collection, write }) => modelOf(`${wire.db.databaseName}.${collection}`, write));
  try {
    return emptyHanded(steps, await wire.client.bulkWrite(models, { ...options, ...wire.limits.write }));
  } catch (error) {
    if (!(error instanceof mongo.MongoClientBulkWriteError)) throw error;
    const index = refusingIndex(error);
    // What befell the command as a whole, labels included, is wrapped.
    if (index === undefined) throw error.cause ?? error;
    const [at = 0] = error.writeErrors.keys();
    const earlier =
      error.partialResult === undefined ? undefined : emptyHanded(steps.slice(0, at), error.partialResult);
    const step = steps[at];
    if (step === undefined) throw error;
    return earlier ?? { step, index };
  }
}

/** The first step that had to find something and did not. */
function emptyHanded(steps: readonly Step[], result: mongo.ClientBulkWriteResult): Failure | undefined {
  const at = steps.findIndex(({ write, must }, n) => {
    if (!must) return false;
    return write.kind === 'delete'
      ? result.deleteResults?.get(n)?.deletedCount === 0
      : result.updateResults?.get(n)?.matchedCount === 0;
  });
  const step = steps[at];
  return step === undefined ? undefined : { step, index: undefined };
}

/** One command after the other; the first step that fails is told, with the later ones not tried. */
export async function writeOneByOne(
  wire: Wire,
  steps: readonly Step[],
  session: mongo.ClientSession,
): Promise<Failure | undefined> {
  for (const step of steps) {
    const failure = await writeOne(wire, step, session);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** @param session of the transaction it is part of; without one it stands alone, and is retried once by the driver */
export async function writeOne(
  { db, limits }: Wire,
  step: Step,
  session?: mongo.ClientSession,
): Promise<Failure | undefined> {
  const collection = db.collection<{ _id: string }>(step.collection);
  const options = { ...limits.write, ...(session === undefined ? {} : { session }) };
  const { write } = step;
  try {
    switch (write.kind) {
      case 'insert':
        await collection.insertOne(write.document, options);
        return undefined;
      case 'update': {
        const upsert = write.upsert === undefined ? {} : { upsert: true };
        const { matchedCount } = await collection.updateOne(write.filter, write.update, { ...options, ...upsert });
        return step.must && matchedCount === 0 ? { step, index: undefined } : undefined;
      }
      case 'delete': {
        const { deletedCount } = await collection.deleteOne(write.filter, options);
        return step.must && deletedCount === 0 ? { step, index: undefined } : undefined;
      }
    }
  } catch (error) {
    const index = refusingIndex(error);
    if (index === undefined) throw error;
    return { step, index };
  }
}

function modelOf(namespace: string, write: Write): mongo.AnyClientBulkWriteModel<mongo.Document> {
  switch (write.kind) {
    case 'insert':
      return { namespace, name: 'insertOne', document: write.document as mongo.Document };
    case 'update':
      return {
        namespace,
        name: 'updateOne',
        filter: write.filter,
        update: write.update,
        ...(write.upsert === undefined ? {} : { upsert: true }),
      };
    case 'delete':
      return { namespace, name: 'deleteOne', filter: write.filter };
  }
}

/** Why a change failed, as the record stands (inside the transaction, where there is one). */
export async function conflictOf(
  wire: Wire,
  change: Change,
  index: string | undefined,
  session?: mongo.ClientSession,
): Promise<CommitConflict> {
  if (index === '_id_') return new CommitConflict(change, 'exists');
  const { db, limits } = wire;
  const records = db.collection<RecordDocument>(change.collection.name);
  if (index !== undefined) {
    // The server has ended the transaction. Which of two duplicates it names is its own choice; ours is the id.
    const same = change.kind === 'insert' && (await records.findOne({ _id: change.id }, { ...limits.read })) !== null;
    return same ? new CommitConflict(change, 'exists') : new CommitConflict(change, 'unique', index);
  }
  const options = { projection: { v: 1 }, ...(session === undefined ? limits.read : { ...limits.write, session }) };
  const record = await records.findOne({ _id: change.id }, options);
  return new CommitConflict(change, reasonOf(change, record?.v));
}

function reasonOf(change: Change, version: number | undefined): ConflictReason {
  if (version === undefined) return 'missing';
  const wanted = 'ifVersion' in change ? change.ifVersion : undefined;
  return wanted !== undefined && wanted !== version ? 'stale' : change.kind === 'replace' ? 'stale' : 'condition';
}
