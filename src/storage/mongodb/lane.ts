import type { mongo } from 'mongoose';
import { firstPrev } from '#domain/audit/hash.ts';
import type { Head } from '../audit/chain.ts';

/** A writer of the audit as the store keeps it (collection `lanes`). Its id is the writer's name. */
export interface LaneDocument {
  readonly _id: string;
  /** Which process writes it; absent = nobody. */
  readonly process?: string;
  /** The session of its transactions, for whoever takes it over from a dead process to end what that left open. */
  readonly session?: mongo.Binary;
  /** Where its chain stands. */
  readonly seq: number;
  readonly hash: string;
  readonly at: number;
  readonly n: number;
  /** Mark of its last commit: what tells whether a commit came to pass whose answer was lost. */
  readonly commit?: string;
  /** Raised to make sure that no transaction which began before can still be committed. */
  readonly fence: number;
  /** How many of its commits touched each kept collection. */
  readonly changed: Readonly<Record<string, number>>;
  /** Belongs to an epoch that is over. */
  readonly closed?: true;
}

export const lanesCollection = 'lanes';

/** Where a lane stands; `n` orders events of one millisecond across lanes (µs since 1970, never falling in a lane). */
export interface LaneHead extends Head {
  readonly n: number;
}

/** A lane that this process writes. */
export interface Lane {
  readonly writer: string;
  head: LaneHead;
  session: mongo.ClientSession;
}

export function newLane(writer: string, process: string, session: mongo.Binary): LaneDocument {
  return { _id: writer, process, session, seq: 0, hash: firstPrev, at: 0, n: 0, fence: 0, changed: {} };
}

export function headOf({ seq, hash, at, n }: LaneDocument): LaneHead {
  return { seq, hash, at, n };
}
