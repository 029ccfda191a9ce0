import { type Attributes, attributesOf, type Subject } from '#domain/policy/subject.ts';
import type { Assignment, Person } from '#storage/collections.ts';

/** A person's attributes as the rules of a policy see them (contract.md, "Attributes"). */
export function attributesOfPerson(person: Person): Attributes {
  return attributesOf([
    // A list column such as `department[]` is kept among the further attributes.
    ...Object.entries(person.attributes),
    ...([
      ['email', person.email],
      ['username', person.username],
      ['name', person.nameDerived ? undefined : person.name],
      ['givenName', person.givenName],
      ['familyName', person.familyName],
      ['department', person.department],
      ['jobTitle', person.jobTitle],
      ['country', person.country],
      ['manager', person.manager],
      ['employeeNumber', person.employeeNumber],
      ['status', person.status],
    ] as const),
  ]);
}

export function subjectOfPerson(
  person: Person,
  assignments: readonly (Assignment & { readonly id: string })[],
): Subject {
  return { active: person.status === 'active', attributes: attributesOfPerson(person), assignments };
}

/** How commands and reports name a person: the e-mail, or the username where there is none. */
export function personLabel(person: Person): string {
  return person.email ?? person.username ?? person.name;
}
