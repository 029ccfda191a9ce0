import type { Services } from '#actions/services.ts';
import type { AuditEvent } from '#domain/audit/event.ts';
import type { AuditPage, AuditQuery } from '#storage/port.ts';
import { scan } from '../scan.ts';

/** What pages and API may ask for at most. */
const maxLimit = 200;

export interface AuditSearch extends AuditQuery {
  /** Text that an event holds anywhere, its personal values included, case ignored; no index serves it. */
  readonly q?: string;
}

/** One page of the record, newest first unless asked otherwise; personal values opened. */
export async function queryAudit(services: Services, search: AuditSearch): Promise<AuditPage> {
  const { q = '', limit = 50, cursor, ...rest } = search;
  const needle = q.toLowerCase();
  const query: AuditQuery = { order: 'newest', ...rest };
  return scan(
    Math.min(limit, maxLimit),
    cursor,
    (most, from) =>
      services.store.audit.query({ ...query, limit: most, ...(from === undefined ? {} : { cursor: from }) }),
    (event) => needle === '' || textOf(event).includes(needle),
  );
}

/** Less the chain's own fields, in which any few hexadecimal letters would be found. */
function textOf({ id: _, writer, seq, prev, hash, personalDigest, personalSalt, ...told }: AuditEvent): string {
  return JSON.stringify(told).toLowerCase();
}
