import type { AuditPage } from '#storage/port.ts';
import { queryAudit } from '../audit/query.ts';
import type { Services } from '../services.ts';

/** How a system's registration came to be what it is, newest first: made, changed, its secret rotated, removed. */
export function historyOfSystem(
  services: Services,
  system: string,
  options: { readonly limit?: number | undefined; readonly cursor?: string | undefined } = {},
): Promise<AuditPage> {
  const { limit = 25, cursor } = options;
  return queryAudit(services, { system, type: 'system.', limit, ...(cursor === undefined ? {} : { cursor }) });
}
