import type { AuditEvent } from '#domain/audit/event.ts';
import type { Services } from '../services.ts';

/** What says something of an account and its rights; what somebody does with them day by day is not among it. */
const kinds = ['person.', 'role.', 'access.', 'credential.', 'conflict.', 'review.'] as const;

/** Events of one kind that are read at a time. */
const batch = 100;
/** So often is read on while nothing of this person is found: whoever looks after others acts far more than happens to them. */
const mostReads = 5;

export interface History {
  /** The newest first. */
  readonly events: readonly AuditEvent[];
  /** Older ones are before this instant (ms); null: there are none. */
  readonly next: number | null;
}

/**
 * What happened to a person's account and rights, from the record.
 * @param options.before ms since 1970, exclusive. @param options.limit about so many; what happened at one instant stays together
 */
export async function historyOf(
  services: Services,
  person: string,
  options: { readonly before?: number | undefined; readonly limit: number },
): Promise<History> {
  let before = options.before;
  for (let read = 1; ; read += 1) {
    const found = await readBack(services, person, before);
    if (found.events.length === 0 && found.next !== null && read < mostReads) {
      before = found.next;
      continue;
    }
    const last = found.events[options.limit - 1];
    const rest = last === undefined ? -1 : found.events.findIndex(({ at }) => at < last.at);
    if (last === undefined || rest < 0) return found;
    return { events: found.events.slice(0, rest), next: Date.parse(last.at) };
  }
}

/** Everything down to the instant to which every kind was read. */
async function readBack({ store }: Services, person: string, before: number | undefined): Promise<History> {
  const until = before === undefined ? {} : { until: new Date(before).toISOString() };
  const pages = await Promise.all(
    kinds.map((type) => store.audit.query({ person, type, order: 'newest', limit: batch, ...until })),
  );
  const ends = pages.flatMap(({ items, next }) => (next === null ? [] : [Date.parse(items.at(-1)?.at ?? '')]));
  const horizon = Math.max(...ends);
  const events = pages
    .flatMap(({ items }) => items)
    .filter(({ subject, at }) => subject?.id === person && Date.parse(at) > horizon)
    // Ids tell the time to the millisecond, and in which order events of one commit were written.
    .toSorted((a, b) => (a.at === b.at ? (a.id < b.id ? 1 : -1) : a.at < b.at ? 1 : -1));
  return { events, next: ends.length === 0 ? null : Math.min(horizon + 1, (before ?? Number.POSITIVE_INFINITY) - 1) };
}
