import { type AuditDraft, draft, type Origin } from '#domain/audit/event.ts';
import { fold, loginsOf } from '#domain/people/folding.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { everyRecord } from '../../access/reading.ts';
import { named } from '../../named.ts';
import { rightsTag } from '../../policy/rights.ts';
import type { Services } from '../../services.ts';

/**
 * Those who have a person as their manager have none once that one is erased: the address may come to somebody new, who would
 * decide their requests. The events name the field, and not what stood there.
 */
export async function withoutManager(
  { store, clock }: Services,
  origin: Origin,
  person: Stored<Person>,
): Promise<{ readonly changes: readonly Change[]; readonly events: readonly AuditDraft[] }> {
  const names = new Set(loginsOf(person));
  const changes: Change[] = [];
  const events: AuditDraft[] = [];
  for await (const one of everyRecord(store, people)) {
    const { id, manager } = one;
    if (manager === undefined || id === person.id || !names.has(fold(manager))) continue;
    const set = { changedAt: clock.now() };
    changes.push({
      kind: 'update',
      collection: people,
      id,
      where: { manager },
      set,
      unset: ['manager'],
      tag: rightsTag,
    });
    const told = { subject: { id }, detail: { fields: ['manager'] }, personal: { subject: named(one) } };
    events.push(draft(origin, 'person.changed', 'success', told));
  }
  return { changes, events };
}
