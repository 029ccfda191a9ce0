import type { Services } from '#actions/services.ts';
import type { AuditEvent, Origin } from '#domain/audit/event.ts';

export const operator: Origin = { actor: { kind: 'operator' }, request: 'r-1', ip: '192.0.2.7', agent: 'test' };

/** Somebody at a browser who has not signed in. */
export const visitor = (ip = '192.0.2.7'): Origin => ({ actor: { kind: 'hub' }, request: 'r-2', ip, agent: 'test' });

export const passphrase = 'silent otter brings maps';

/** Every event so far, oldest first; of some types if wanted. */
export async function eventsOf(services: Services, ...types: string[]): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  for await (const event of services.store.audit.export({})) events.push(event);
  return types.length === 0 ? events : events.filter((event) => types.includes(event.type));
}
