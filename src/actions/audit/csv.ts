import type { AuditEvent } from '#domain/audit/event.ts';

/** The columns of a CSV export; nested parts are JSON in one cell. */
export const csvColumns = [
  'at',
  'type',
  'outcome',
  'actorKind',
  'actorId',
  'actorName',
  'subjectId',
  'subjectName',
  'system',
  'via',
  'session',
  'request',
  'ip',
  'agent',
  'detail',
  'before',
  'after',
  'id',
  'writer',
  'seq',
  'prev',
  'hash',
] as const;

/** One event as a row of strings. Personal parts of detail, before and after stand beside the others. */
export function csvRow(event: AuditEvent): Record<(typeof csvColumns)[number], string> {
  const { personal } = event;
  const joined = (part: 'detail' | 'before' | 'after'): string => {
    const all = { ...event[part], ...personal?.[part] };
    return Object.keys(all).length === 0 ? '' : JSON.stringify(all);
  };
  return {
    at: event.at,
    type: event.type,
    outcome: event.outcome,
    actorKind: event.actor.kind,
    actorId: event.actor.id ?? '',
    actorName: personal?.actor ?? '',
    subjectId: event.subject?.id ?? '',
    subjectName: personal?.subject ?? '',
    system: event.system ?? '',
    via: event.via ?? '',
    session: event.session ?? '',
    request: event.request ?? '',
    ip: personal?.ip ?? '',
    agent: personal?.agent ?? '',
    detail: joined('detail'),
    before: joined('before'),
    after: joined('after'),
    id: event.id,
    writer: event.writer,
    seq: String(event.seq),
    prev: event.prev,
    hash: event.hash,
  };
}
