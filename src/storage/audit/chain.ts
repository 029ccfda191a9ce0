import { randomBytes } from 'node:crypto';
import type { AuditDraft, AuditEvent, Personal } from '#domain/audit/event.ts';
import { type Hashed, hashedText, personalDigest, sha256 } from '#domain/audit/hash.ts';
import { uuidv7 } from '#platform/ids.ts';
import type { PersonKeys } from './person-keys.ts';

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
 * @param key what `personKeys` holds for the event's key holder; undefined seals under the hub's own key
 */
export function nextLink(
  draft: AuditDraft,
  place: { writer: string; head: Head; now: number },
  keys: PersonKeys,
  key: { readonly sealed: string } | undefined,
): { event: StoredEvent; head: Head } {
  const { personal, ...open } = draft;
  const at = Math.max(place.now, place.head.at);
  const seq = place.head.seq + 1;
  const id = uuidv7(at);
  const salt = personal === undefined ? undefined : randomBytes(16).toString('hex');
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

/** The event as queries and exports show it; personal part and salt are null when they can no longer be opened. */
export function openEvent(
  stored: StoredEvent,
  keys: PersonKeys,
  keyOf: (event: AuditDraft) => { readonly sealed: string } | undefined,
): AuditEvent {
  const event = JSON.parse(stored.body) as Hashed;
  const whole = { ...event, hash: stored.hash };
  if (event.personalDigest === undefined) return whole;
  const plain = stored.sealed === null ? null : keys.openText(keyOf(event), stored.sealed, event.id);
  if (plain === null) return { ...whole, personal: null, personalSalt: null };
  const { salt, personal } = JSON.parse(plain) as Sealed;
  return { ...whole, personal, personalSalt: salt };
}
