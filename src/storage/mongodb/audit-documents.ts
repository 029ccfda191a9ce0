import type { AuditDraft } from '#domain/audit/event.ts';
import { nextLink } from '../audit/chain.ts';
import { keyHolder } from '../audit/key-holder.ts';
import type { PersonKeys, StoredKey } from '../audit/person-keys.ts';
import type { Lane, LaneHead } from './lane.ts';

export const auditCollection = 'audit';

/** One record of the audit; only ever inserted. Beside what is hashed stand the words it is found by. */
export interface AuditDocument {
  /** Writer and number: no writer can have two records of one number. */
  readonly _id: string;
  readonly writer: string;
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Orders what is of one millisecond (see `LaneHead`). */
  readonly n: number;
  /** The canonical text that the hash covers. */
  readonly body: string;
  readonly hash: string;
  readonly sealed?: string;
  /** Actor and subject. */
  readonly who: readonly string[];
  readonly type: string;
  readonly system?: string;
  readonly via?: string;
  readonly session?: string;
  /** Absent on success: nearly everything succeeds, and an index of that would tell nothing. */
  readonly outcome?: string;
}

/** Indexes of the audit. Every order ends in (at, n, writer), which is the order of every page. */
export const auditIndexes = {
  order: { keys: {}, partial: undefined },
  who: { keys: { who: 1 }, partial: undefined },
  type: { keys: { type: 1 }, partial: undefined },
  system: { keys: { system: 1 }, partial: 'system' },
  via: { keys: { via: 1 }, partial: 'via' },
  session: { keys: { session: 1 }, partial: 'session' },
  outcome: { keys: { outcome: 1 }, partial: 'outcome' },
} as const;

export const auditOrder = { at: 1, n: 1, writer: 1 } as const;

export function recordId(writer: string, seq: number): string {
  return `${writer}.${String(seq).padStart(12, '0')}`;
}

/** The next records of a lane, and where it stands behind them. */
export function linkAll(
  drafts: readonly AuditDraft[],
  lane: Pick<Lane, 'writer' | 'head'>,
  now: number,
  keys: PersonKeys,
  keyOf: (draft: AuditDraft) => StoredKey,
): { documents: AuditDocument[]; head: LaneHead } {
  let { head } = lane;
  const documents = drafts.map((draft) => {
    const link = nextLink(draft, { writer: lane.writer, head, now }, keys, keyOf(draft));
    head = { ...link.head, n: Math.max(microseconds(), head.n + 1) };
    return documentOf(draft, lane.writer, head, link.event);
  });
  return { documents, head };
}

/** A record as stored, with the words of its draft. */
export function documentOf(
  draft: AuditDraft,
  writer: string,
  { seq, at, n }: LaneHead,
  { body, hash, sealed }: { body: string; hash: string; sealed: string | null },
): AuditDocument {
  const { type, system, via, session, outcome, actor, subject } = draft;
  const who = [...new Set([actor.id, subject?.id].filter((id) => id !== undefined))];
  return {
    _id: recordId(writer, seq),
    writer,
    seq,
    at,
    n,
    body,
    hash,
    ...(sealed === null ? {} : { sealed }),
    who,
    type,
    ...(system === undefined ? {} : { system }),
    ...(via === undefined ? {} : { via }),
    ...(session === undefined ? {} : { session }),
    ...(outcome === 'success' ? {} : { outcome }),
  };
}

/** Whose key the personal part of a draft needs; undefined where it has none, or the hub's own serves. */
export function keyNeeded(draft: AuditDraft): string | undefined {
  return draft.personal === undefined ? undefined : keyHolder(draft);
}

function microseconds(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}
