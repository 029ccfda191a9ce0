import { fieldsOf, policyAttributes } from '#domain/people/record.ts';
import { attributesOf, type SingleAssignment, type Subject } from '#domain/policy/subject.ts';
import type { Person } from '#storage/collections.ts';

/** A person as the rules of a policy see them (contract.md, "Attributes"). */
export function subjectOfPerson(
  person: Parameters<typeof fieldsOf>[0] & { readonly leavesAt?: number | undefined },
  assignments: readonly SingleAssignment[],
): Subject {
  return {
    active: person.status === 'active',
    until: person.leavesAt,
    attributes: attributesOf(policyAttributes(fieldsOf(person))),
    assignments,
  };
}

/** How commands and reports name a person: the e-mail, or the username where there is none. */
export function personLabel(person: Pick<Person, 'email' | 'username' | 'name'>): string {
  return person.email ?? person.username ?? person.name;
}
