import type { AuditDraft } from '#domain/audit/event.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Persons have UUIDs; system ids, kids and session ids do not look like one. */
export function isPersonId(id: string): boolean {
  return id.length === 36 && uuid.test(id);
}

/**
 * Under whose key the personal part of an event is sealed: the subject's if that is a person, else the actor's. An erasure
 * of the subject must reach what was recorded about them, whoever did it. Undefined = the hub's own key.
 */
export function keyHolder(event: Pick<AuditDraft, 'actor' | 'subject'>): string | undefined {
  if (event.subject !== undefined && isPersonId(event.subject.id)) return event.subject.id;
  if (event.actor.kind === 'person' && event.actor.id !== undefined) return event.actor.id;
  return undefined;
}
