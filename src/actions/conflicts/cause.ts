import { pathsTo, type RightPath } from '#domain/policy/paths.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people } from '#storage/collections.ts';
import { assignmentsOf } from '../access/reading.ts';
import { subjectOfPerson } from '../access/subject.ts';
import { policyInForce } from '../policy/in-force.ts';
import type { Services } from '../services.ts';

/** One of the rights that a rule keeps apart, and every way in which the person comes to it. */
export interface ConflictSide {
  readonly system: string;
  readonly permission: string;
  readonly paths: readonly RightPath[];
}

/** What makes a person breach a rule now: each side with its ways; undefined where they do not breach it. */
export async function conflictCause(
  services: Services,
  given: Stored<Person> | string,
  separation: string,
): Promise<readonly ConflictSide[] | undefined> {
  const { store, clock } = services;
  const person = typeof given === 'string' ? await store.get(people, given) : given;
  if (person === undefined) return undefined;
  const { compiled } = await policyInForce(services);
  const subject = subjectOfPerson(person, await assignmentsOf(store, person.id));
  const now = clock.now();
  const rule = compiled.access(subject, now).breaches.find(({ id }) => id === separation);
  return rule?.conflict.map(({ system, permission }) => ({
    system,
    permission,
    paths: pathsTo(compiled, subject, { system, permission }, now),
  }));
}
