import type { AuditDraft } from '#domain/audit/event.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Persons have UUIDs; system ids, kids and session ids do not look like one. */
export function isPersonId(id: string): boolean {
  // Read back from a file that somebody wrote into, an id may be anything.
  return typeof id === 'string' && id.length === 36 && uuid.test(id);
}

/**
 * Under whose key the personal part of an event is sealed: the subject's if that is a person, else the actor's. An erasure
 * of the subject must reach what was recorded about them, whoever did it. Undefined = the hub's own key.
 */
export function keyHolder(event: Pick<AuditDraft, 'actor' | 'subject'>): string | undefined {
  if (event.subject && isPersonId(event.subject.id)) return event.subject.id;
  if (event.actor.kind === 'person' && typeof event.actor.id === 'string') return event.actor.id;
  return undefined;
}
