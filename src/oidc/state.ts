import type { Origin } from '#domain/audit/event.ts';
import type { Stored } from '#storage/collection.ts';
import type { Artifact, Person, SessionRecord } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import type { UnitOfWork } from '#storage/unit-of-work.ts';

/** A spent thing that was presented again. */
export interface Replay {
  readonly kind: 'code' | 'refresh';
  readonly record: Stored<Artifact>;
}

/** Why the library refused, as it told us; kept for the record and for the answers that are replaced. */
export interface Failure {
  readonly error: string;
  readonly detail?: string;
  readonly cause: unknown;
}

/** What one protocol request knows besides its buffered writes. Lives and dies with the unit of work. */
export interface RequestState {
  origin: Origin;
  /** Sessions, grants and interactions as they were read, so that a save can tell what changed. */
  readonly sessions: Map<string, Stored<SessionRecord>>;
  readonly records: Map<string, Stored<Artifact>>;
  /** Accounts as they were when this request found them active. */
  readonly accounts: Map<string, Stored<Person>>;
  /** The session that was given a new id in this request. */
  rotated: Stored<SessionRecord> | undefined;
  /** By which source whoever signs in with this request was proved, and how often everything of theirs had ended; undefined where nobody does. */
  login: { readonly source?: string; readonly sourceHint?: string; readonly endings?: number } | undefined;
  /** A session was made in this request (its public id). */
  sessionStarted: string | undefined;
  /** Which one-time id comes next: the library does not say what a mark is for. */
  nextMark: 'assertion' | 'dpop';
  /** One-time marks staged here: they hold even where the rest is refused. */
  readonly marks: Change[];
  replay: Replay | undefined;
  /** What this browser opens pushed requests by (`pushed-request.ts`). */
  opener: string | undefined;
  /** The system that the person comes from, for the entry being made or redeemed. */
  via: string | undefined;
  failure: Failure | undefined;
  /** A finer event than `request.refused` says it already. */
  recorded: boolean;
}

/** On the unit itself: an entry of a WeakMap for each would be the collector's to clear away. */
const own = Symbol('state of a protocol request');

export function stateOf(unit: UnitOfWork): RequestState {
  const marked = unit as UnitOfWork & { [own]?: RequestState };
  marked[own] ??= {
    origin: { actor: { kind: 'hub' } },
    sessions: new Map(),
    records: new Map(),
    accounts: new Map(),
    rotated: undefined,
    login: undefined,
    sessionStarted: undefined,
    nextMark: 'dpop',
    marks: [],
    replay: undefined,
    opener: undefined,
    via: undefined,
    failure: undefined,
    recorded: false,
  };
  return marked[own];
}
