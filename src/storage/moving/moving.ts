import type { Collection } from '../collection.ts';
import type { Heads } from '../port.ts';
import type { Data } from '../record.ts';

/** A record as stored, whatever the engine. */
export interface RawRecord {
  readonly id: string;
  readonly version: number;
  readonly expiresAt?: number | undefined;
  readonly data: Data;
}

/** An audit event as stored: the text that is hashed, and the sealed personal part. */
export interface RawEvent {
  readonly writer: string;
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly body: string;
  readonly hash: string;
  readonly sealed: string | null;
}

/** Stands in a target as long as a copy into it is not finished; such a store is nobody's to serve. */
export interface CopyMark {
  /** Where the source's chains stand, as `headsDigest` says it: only the same source goes on with this copy. */
  readonly source: string;
  /** How far the records are: everything of the collections before this one, and of this one up to `after`. */
  readonly collection?: string;
  readonly after?: string;
  /** Everything is there; what is missing is the proof. */
  readonly settled?: true;
}

/**
 * The whole of a store, below the port: for moving it to another engine, byte for byte where it matters. Used while nobody else
 * uses the store.
 */
export interface Moving {
  /** Everything of a collection by id, in batches, behind the id `after`; what has expired may be among it. */
  records(collection: Collection, after?: string): AsyncIterable<readonly RawRecord[]>;
  /** Every audit event, in batches: times never fall, each writer's stand in order. @param from ms, inclusive */
  events(from?: number): AsyncIterable<readonly RawEvent[]>;
  /** Writes records with their versions; those that are there already are replaced. */
  takeRecords(collection: Collection, records: readonly RawRecord[]): Promise<void>;
  /** Writes events, in the order of `events`; those that are there already stay. */
  takeEvents(events: readonly RawEvent[]): Promise<void>;
  /** Time of the newest event that is there, in ms; undefined when there is none. */
  newestEventAt(): Promise<number | undefined>;
  mark(): Promise<CopyMark | undefined>;
  setMark(mark: CopyMark): Promise<void>;
  clearMark(): Promise<void>;
  /** Ends the taking: where the chains stand that came along. The store is to be opened anew afterwards. */
  settle(heads: Heads): Promise<void>;
}
