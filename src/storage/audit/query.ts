import type { AuditEvent } from '#domain/audit/event.ts';
import { sha256 } from '#domain/audit/hash.ts';
import { HubError } from '#domain/errors.ts';
import type { AuditQuery } from '../port.ts';

/** Does the event answer the query? Looked at on the record itself, whatever the index said. */
export function matchesQuery(event: Partial<AuditEvent>, query: AuditQuery): boolean {
  return (
    (query.person === undefined || event.actor?.id === query.person || event.subject?.id === query.person) &&
    (query.system === undefined || event.system === query.system) &&
    (query.via === undefined || event.via === query.via) &&
    (query.session === undefined || event.session === query.session) &&
    (query.outcome === undefined || event.outcome === query.outcome) &&
    (query.writer === undefined || event.writer === query.writer) &&
    (query.type === undefined ||
      event.type === query.type ||
      (query.type.endsWith('.') && String(event.type).startsWith(query.type)))
  );
}

/** Milliseconds since 1970. @throws HubError `bad-request` */
export function instant(text: string, name: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new HubError('bad-request', `${name} is not an instant such as 2026-01-31T00:00:00Z`);
  return at;
}

/** Binds a cursor to its query. */
export function markOf(query: AuditQuery): string {
  const { cursor: _cursor, limit: _limit, ...rest } = query;
  return sha256(JSON.stringify(Object.entries(rest).sort())).slice(0, 12);
}

/** What a row says, without its personal part; nothing where somebody wrote over it: verification names the row. */
export function bodyOf(row: { readonly body?: unknown }): Partial<AuditEvent> {
  try {
    return (JSON.parse(String(row.body)) as Partial<AuditEvent> | null) ?? {};
  } catch {
    return {};
  }
}
