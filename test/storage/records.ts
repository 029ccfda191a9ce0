/** Records as the collections declare them, with little to say. */
import type { AuditDraft } from '#domain/audit/event.ts';
import type { Delivery, Person } from '#storage/collections.ts';

export function person(name: string, more: Partial<Person> = {}): Person {
  return {
    email: `${name}@hongda.example`,
    emailVerified: false,
    logins: [`${name}@hongda.example`, name],
    name,
    status: 'active',
    attributes: {},
    searchTerms: [name],
    sortName: name,
    createdAt: 1,
    changedAt: 1,
    ...more,
  };
}

export function delivery(status: Delivery['status'], nextAt: number): Delivery {
  return { kind: 'logout', system: 'crm', status, attempts: 0, nextAt, giveUpAt: 9e15, createdAt: 1 };
}

export function event(more: Partial<AuditDraft> = {}): AuditDraft {
  return { type: 'session.started', outcome: 'success', actor: { kind: 'hub' }, ...more };
}
