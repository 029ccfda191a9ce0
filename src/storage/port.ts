import type { AuditDraft, AuditEvent } from '#domain/audit/event.ts';
import type { Collection, Stored } from './collection.ts';

export type Scalar = string | number | boolean;

/** A test on one field of a declared index (or on `id`). A bare scalar means equals. */
export type Test =
  | Scalar
  | { readonly in: readonly Scalar[] }
  | { readonly prefix: string }
  | { readonly from?: Scalar; readonly below?: Scalar };

export interface Query {
  /** Fields of declared indexes; all must hold. At least one index has to serve the query, else the engine throws. */
  readonly where?: Readonly<Record<string, Test>>;
  /** `field` or `-field` of a declared single-field index; default `id`. Ties are broken by id. */
  readonly sort?: string;
  /** At most this many, 1-1000; default 100. */
  readonly limit?: number;
  /** As given by the page before. A cursor of another query is refused. */
  readonly cursor?: string;
}

export interface Page<T> {
  readonly items: readonly Stored<T>[];
  readonly next: string | null;
}

/** What must be true of the stored record for an `update` or a `remove` to go ahead; `null` = field absent. */
export type Condition = Readonly<Record<string, Scalar | null>>;

/** A tag the caller chooses, given back when this change's condition fails, so that it knows which answer to give. */
interface Tagged {
  readonly tag?: string;
}

export type Change =
  /** Fails when the id or a unique index entry exists already. */
  | (Tagged & {
      readonly kind: 'insert';
      readonly collection: Collection;
      readonly id: string;
      readonly data: object;
      readonly expiresAt?: number;
    })
  /** Fails when the record is missing or its version is another. */
  | (Tagged & {
      readonly kind: 'replace';
      readonly collection: Collection;
      readonly id: string;
      readonly ifVersion: number;
      readonly data: object;
      readonly expiresAt?: number;
    })
  /** Writes whatever is there. For records that nobody races for. */
  | (Tagged & {
      readonly kind: 'put';
      readonly collection: Collection;
      readonly id: string;
      readonly data: object;
      readonly expiresAt?: number;
    })
  /** Fails when the record is missing or `where` does not hold; sets and unsets top-level fields. */
  | (Tagged & {
      readonly kind: 'update';
      readonly collection: Collection;
      readonly id: string;
      readonly where?: Condition;
      readonly set?: object;
      readonly unset?: readonly string[];
      /** Adds to a number field (absent counts as 0). */
      readonly add?: Readonly<Record<string, number>>;
      readonly expiresAt?: number;
    })
  /** Fails when `where` or `ifVersion` is given and does not hold; removing what is not there is no fault otherwise. */
  | (Tagged & {
      readonly kind: 'remove';
      readonly collection: Collection;
      readonly id: string;
      readonly where?: Condition;
      readonly ifVersion?: number;
    });

export interface Commit {
  readonly changes: readonly Change[];
  /** Stored in the same commit; numbered, chained and sealed by the engine's writer. */
  readonly events?: readonly AuditDraft[];
}

export type ConflictReason = 'exists' | 'missing' | 'stale' | 'condition' | 'unique';

/** A commit whose condition failed. Nothing of it was written. */
export class CommitConflict extends Error {
  readonly change: Change;
  readonly reason: ConflictReason;
  /** The index whose uniqueness failed, with reason `unique`. */
  readonly index: string | undefined;

  constructor(change: Change, reason: ConflictReason, index?: string) {
    super(`${change.kind} ${change.collection.name}: ${reason}${index === undefined ? '' : ` (${index})`}`);
    this.name = 'CommitConflict';
    this.change = change;
    this.reason = reason;
    this.index = index;
  }
}

/** The store does not answer or cannot write; the act did not happen. */
export class StoreUnavailable extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StoreUnavailable';
  }
}

/** Is this, or what it was caused by, a store that does not answer? */
export function isUnavailable(thrown: unknown): boolean {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (error instanceof StoreUnavailable) return true;
  }
  return false;
}

export interface AuditQuery {
  /** Actor or subject. */
  readonly person?: string;
  readonly system?: string;
  /** The system it came through. */
  readonly via?: string;
  readonly session?: string;
  /** Exact type, or a prefix ending in `.` such as `entry.` */
  readonly type?: string;
  readonly outcome?: string;
  readonly writer?: string;
  /** ISO instants; since inclusive, until exclusive. */
  readonly since?: string;
  readonly until?: string;
  readonly order?: 'newest' | 'oldest';
  readonly limit?: number;
  readonly cursor?: string;
}

export interface AuditPage {
  readonly items: readonly AuditEvent[];
  readonly next: string | null;
}

/** The heads of all chains: writer -> its newest sequence and hash. */
export type Heads = Readonly<Record<string, { readonly seq: number; readonly hash: string }>>;

export interface AuditReader {
  query(query: AuditQuery): Promise<AuditPage>;
  /** Every event that matches, by writer and sequence, for exports and verification. */
  export(query: AuditQuery): AsyncIterable<AuditEvent>;
  heads(): Promise<Heads>;
}

/** What every engine gives. `commit` is the only way to write: all of it or nothing. */
export interface Engine {
  readonly name: 'sqlite' | 'mongodb';
  /** Reads are answered within the call, so nobody ever waits for one. */
  readonly readsAtOnce?: boolean;
  /** The store serves this process alone, so that whatever only one may do is this one's (leases/). */
  readonly exclusive?: true;
  readonly audit: AuditReader;
  get<T extends object>(collection: Collection<T>, id: string): Promise<Stored<T> | undefined>;
  find<T extends object>(collection: Collection<T>, query: Query): Promise<Page<T>>;
  count(collection: Collection, where?: Query['where']): Promise<number>;
  /** @throws CommitConflict when a condition fails, StoreUnavailable when it cannot be written. */
  commit(commit: Commit): Promise<void>;
  /** Raised by each commit that touches the collection, on whichever node; for caches. Cheap, kept in memory. */
  changes(collection: Collection): number;
  /** Can it read and write now? Rejects with StoreUnavailable. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Seals an event's personal values at rest; given to the engine by the composition root. */
export interface PersonalSealer {
  /** @param person whose key; undefined = the hub's own. */
  seal(person: string | undefined, plain: string): string;
  /** Null when the key was destroyed. */
  open(person: string | undefined, sealed: string): string | null;
}
