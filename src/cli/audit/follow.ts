import type { AuditEvent } from '#domain/audit/event.ts';
import type { AuditReader, Heads } from '#storage/port.ts';
import type { Filter } from './filter.ts';

/** Events per question. */
const page = 200;

/** The newest events that match, oldest first. */
export async function newest(audit: AuditReader, filter: Filter, count: number): Promise<AuditEvent[]> {
  if (count === 0) return [];
  const { items } = await audit.query({ ...filter, order: 'newest', limit: Math.min(count, 1000) });
  return [...items].reverse();
}

/**
 * What was stored since `seen`, by writer and sequence: the clock may have been set back meanwhile, the chain cannot.
 *
 * @returns the events that match, oldest first, and how far was read.
 */
export async function since(
  audit: AuditReader,
  filter: Filter,
  seen: Heads,
): Promise<{ events: AuditEvent[]; seen: Heads }> {
  const heads = await audit.heads();
  const events: AuditEvent[] = [];
  for (const [writer, head] of Object.entries(heads)) {
    const from = seen[writer]?.seq ?? 0;
    if (head.seq > from) events.push(...(await ofWriter(audit, { ...filter, writer }, from, head.seq)));
  }
  events.sort((a, b) => (a.at === b.at ? a.seq - b.seq : a.at < b.at ? -1 : 1));
  return { events, seen: heads };
}

async function ofWriter(
  audit: AuditReader,
  filter: Filter & { writer: string },
  from: number,
  to: number,
): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  let cursor: string | null = null;
  do {
    const answer: Awaited<ReturnType<AuditReader['query']>> = await audit.query({
      ...filter,
      order: 'newest',
      limit: Math.min(page, to - from),
      ...(cursor === null ? {} : { cursor }),
    });
    const fresh = answer.items.filter((event) => event.seq > from && event.seq <= to);
    events.push(...fresh);
    // Newest first: once an event is one that was seen, all that follow were.
    cursor = answer.items.some((event) => event.seq <= from) ? null : answer.next;
  } while (cursor !== null);
  return events;
}
