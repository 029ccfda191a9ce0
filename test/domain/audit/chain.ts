/** A well-made chain to break in tests. */
import type { AuditEvent, Personal } from '#domain/audit/event.ts';
import { firstPrev, hashEvent, personalDigest } from '#domain/audit/hash.ts';

/** `length` events of one writer, every third with a personal part. */
export function chain(writer: string, length: number): AuditEvent[] {
  const events: AuditEvent[] = [];
  for (let seq = 1; seq <= length; seq++) {
    const personal: Personal = { ip: `10.0.0.${seq}` };
    const salt = seq.toString(16).padStart(32, '0');
    events.push(
      rehashed({
        id: `${writer}-${seq}`,
        writer,
        seq,
        at: new Date(Date.UTC(2026, 0, 1, 0, 0, seq)).toISOString(),
        type: 'session.started',
        outcome: 'success',
        actor: { kind: 'hub' },
        detail: { seq },
        ...(seq % 3 === 0 ? { personal, personalSalt: salt, personalDigest: personalDigest(salt, personal) } : {}),
        prev: events.at(-1)?.hash ?? firstPrev,
        hash: '',
      }),
    );
  }
  return events;
}

/** The event with the hash that it should have. */
export function rehashed(event: AuditEvent): AuditEvent {
  return { ...event, hash: hashEvent(event) };
}

/** The events from `seq` on, chained anew behind what stands before them. */
export function rechained(events: readonly AuditEvent[], seq: number): AuditEvent[] {
  const out: AuditEvent[] = [];
  for (const event of events) {
    out.push(event.seq < seq ? event : rehashed({ ...event, prev: out.at(-1)?.hash ?? firstPrev }));
  }
  return out;
}

export async function* stream(events: readonly AuditEvent[]): AsyncIterable<AuditEvent> {
  yield* events;
}
