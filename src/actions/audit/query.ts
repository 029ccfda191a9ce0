import type { Services } from '#actions/services.ts';
import type { AuditPage, AuditQuery } from '#storage/port.ts';

/** What pages and API may ask for at most. */
const maxLimit = 200;

/** One page of the record, newest first unless asked otherwise; personal values opened. */
export function queryAudit(services: Services, query: AuditQuery): Promise<AuditPage> {
  const limit = Math.min(query.limit ?? 50, maxLimit);
  return services.store.audit.query({ order: 'newest', ...query, limit });
}
