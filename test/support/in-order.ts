import type { AuditEvent } from '#domain/audit/event.ts';

/** Events as they happened: by time, and within one lane by its sequence; on MongoDB a process writes several lanes. */
export function inOrder(a: AuditEvent, b: AuditEvent): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.writer === b.writer ? a.seq - b.seq : a.id < b.id ? -1 : 1;
}
