import { mongo } from 'mongoose';
import { HubError } from '#domain/errors.ts';
import { CommitConflict, StoreUnavailable } from '../port.ts';

/** What the driver says, as the port says it. Anything the server or the line gives is a store that did not do its part. */
export function asFault(error: unknown): unknown {
  if (error instanceof CommitConflict || error instanceof StoreUnavailable || error instanceof HubError) return error;
  if (error instanceof mongo.BSON.BSONError) return new HubError('bad-request', 'a value cannot be stored');
  if (error instanceof mongo.MongoError) return new StoreUnavailable(`the store refused: ${error.message}`, error);
  return error;
}

const writeConflict = 112;

/** May the whole transaction be tried again? Nothing of it was written. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof mongo.MongoError)) return false;
  if (error instanceof mongo.MongoClientBulkWriteError) {
    return [...error.writeErrors.values()].some(({ code }) => code === writeConflict);
  }
  return error.code === writeConflict || error.hasErrorLabel('TransientTransactionError');
}

/** Is it a fault of the line or of the server's role, so that what became of a write is not known? */
export function isLost(error: unknown): boolean {
  if (error instanceof mongo.MongoNetworkError || error instanceof mongo.MongoServerSelectionError) return true;
  if (error instanceof mongo.MongoWriteConcernError) return true;
  return error instanceof mongo.MongoError && (error.hasErrorLabel('RetryableWriteError') || isLate(error));
}

function isLate(error: mongo.MongoError): boolean {
  return error instanceof mongo.MongoServerError && (error.code === 50 || error.code === 262);
}

/** The name of the unique index that refused a write; undefined when it was something else. `_id_` is the id's own. */
export function refusingIndex(error: unknown): string | undefined {
  if (!(error instanceof mongo.MongoError)) return undefined;
  const duplicate = error instanceof mongo.MongoServerError && error.code === 11000 ? error.message : undefined;
  const text = duplicate ?? bulkDuplicate(error);
  return text === undefined ? undefined : (/ index: (?:[^ ]+\$)?([^ ]+) dup key/.exec(text)?.[1] ?? '_id_');
}

function bulkDuplicate(error: mongo.MongoError): string | undefined {
  if (!(error instanceof mongo.MongoClientBulkWriteError)) return undefined;
  return [...error.writeErrors.values()].find(({ code }) => code === 11000)?.message;
}
