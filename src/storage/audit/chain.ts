import { randomBytes } from 'node:crypto';
import type { AuditDraft, AuditEvent, Personal } from '#domain/audit/event.ts';
import { type Hashed, hashedText, personalDigest, sha256 } from '#domain/audit/hash.ts';
import { uuidv7 } from '#platform/ids.ts';
import { pooledBytes } from '#platform/random.ts';
import { isDestroyed, type PersonKeys, type StoredKey } from './person-keys.ts';

/** Names a lane of the audit; short, because it stands in every event. */
export function newWriter(): string {
  return `w${randomBytes(5).toString('hex')}`;
}

/** Where a writer's chain stands. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
  /** Time of the newest event in ms; later events are never dated before it. */
  readonly at: number;
}

/** An event as an engine stores it. */
export interface StoredEvent {
  /** RFC 8785 form of all that the hash covers. */
  readonly body: string;
  readonly hash: string;
  /** Salt and personal part, sealed; null when there is none. */
  readonly sealed: string | null;
}

interface Sealed {
  readonly salt: string;
  readonly personal: Personal;
}

/**
 * Makes the next link of a chain from what an action says of its act.
 *
 * @param key what `personKeys` holds for the event's key holder
 */
export function nextLink(
  draft: AuditDraft,
  place: { writer: string; head: Head; now: number },
  keys: PersonKeys,
  key: StoredKey,
): { event: StoredEvent; head: Head } {
  const { personal, ...open } = draft;
  const at = Math.max(place.now, place.head.at);
  const seq = place.head.seq + 1;
  const id = uuidv7(at);
  const salt = personal === undefined ? undefined : pooledBytes(16).toString('hex');
  const hashed: Hashed = {
    ...open,
    id,
    writer: place.writer,
    seq,
    at: new Date(at).toISOString(),
    prev: place.head.hash,
    ...(personal === undefined || salt === undefined ? {} : { personalDigest: personalDigest(salt, personal) }),
  };
  const body = hashedText(hashed);
  const hash = sha256(body);
  const sealed =
    personal === undefined || salt === undefined
      ? null
      : keys.sealText(key, JSON.stringify({ salt, personal } satisfies Sealed), id);
  return { event: { body, hash, sealed }, head: { seq, hash, at } };
}

/** Where a stored event stands, and when it was written (ms). */
export interface Place {
  readonly writer: string;
  readonly seq: number;
  readonly at: number;
}

/** A body that somebody wrote over still comes out, under its place, for verification to name it and pages to show it. */
function parse({ body, writer, seq, at }: StoredEvent & Place): Hashed {
  try {
    const event = JSON.parse(body) as Partial<Hashed> | null;
    if (typeof event?.type === 'string' && typeof event.actor === 'object' && event.actor !== null)
      return event as Hashed;
  } catch {
    // Falls through to the place alone.
  }
  const unreadable = { type: 'unreadable', outcome: 'failure', actor: { kind: 'hub' }, id: '', prev: '' };
  return { ...unreadable, writer, seq, at: new Date(at).toISOString() } as unknown as Hashed;
}

/** Shown in place of a personal part whose key is there and yet does not open it: no digest matches this. */
const unreadable = { personal: {}, personalSalt: '' } as const;

/**
 * The event as queries and exports show it. Personal part and salt are null when the key was destroyed; when they were
 * tampered with they come as something that verification refuses.
 *
 * @param key what `personKeys` holds for the event's key holder; `hub` = the hub's own key
 */
export function openEvent(
  stored: StoredEvent & Place,
  keys: PersonKeys,
  keyOf: (event: AuditDraft) => StoredKey,
): AuditEvent {
  const event = parse(stored);
  const whole = { ...event, hash: stored.hash };
  if (event.personalDigest === undefined) return whole;
  const key = keyOf(event);
  if (isDestroyed(key)) return { ...whole, personal: null, personalSalt: null };
  const plain = stored.sealed === null ? null : keys.openText(key, stored.sealed, event.id);
  if (plain === null) return { ...whole, ...unreadable };
  const { salt, personal } = JSON.parse(plain) as Sealed;
  return { ...whole, personal, personalSalt: salt };
}
