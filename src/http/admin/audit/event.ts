import type { Request, Response } from 'express';
import type { Services } from '#actions/services.ts';
import type { AuditEvent } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { text } from '../route.ts';
import { rowOf } from './row.ts';

/** `/admin/audit/:id`: one record of the chain, whole. */
export async function auditEventPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const event = await eventById(services, text(req.params.id));
  if (event === undefined) throw new HubError('not-found');
  render(res, 'admin/audit-event', {
    active: 'audit',
    event,
    row: rowOf(context(res).texts, await systemNames(services), event),
    json: JSON.stringify(event, null, 2),
  });
}

/** An id is a UUIDv7 and so tells its time to the millisecond; only events around it are read. */
async function eventById(services: Services, id: string): Promise<AuditEvent | undefined> {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id)) return undefined;
  const at = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  const instant = (ms: number) => new Date(ms).toISOString();
  const around = { since: instant(at - 1_000), until: instant(at + 1_000) };
  for await (const event of services.store.audit.export(around)) if (event.id === id) return event;
  return undefined;
}
