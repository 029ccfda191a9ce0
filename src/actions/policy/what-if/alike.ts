import { type TextField, textFields } from '#domain/people/fields.ts';
import { Alike, assignmentKey, testedAttributes } from '#domain/policy/alike.ts';
import type { CompiledPolicy } from '#domain/policy/compile.ts';
import type { Subject } from '#domain/policy/subject.ts';
import { subjectOfPerson } from '../../access/subject.ts';
import type { SweptPerson } from './question.ts';

const isText: ReadonlySet<string> = new Set(textFields);

/**
 * What some policies say of a person, worked out once for all who are alike in what the rules test, in status, last day and
 * single assignments.
 */
export function onceForAlike<A>(
  policies: readonly CompiledPolicy[],
  say: (subject: Subject) => A,
): (one: SweptPerson) => A {
  const tested = new Set(policies.flatMap(({ document }) => [...testedAttributes(document)]));
  const texts = [...tested].filter((name): name is TextField => isText.has(name));
  const answers = new Alike<A>();
  return ({ person, assignments }) => {
    // A further column is tested by its name in NFC, and may bear the name of a field that is empty.
    const further = Object.entries(person.attributes).filter(([name]) => tested.has(name.normalize('NFC')));
    const key = JSON.stringify([
      person.status,
      person.leavesAt ?? null,
      texts.map((name) => (name === 'name' && person.nameDerived ? null : (person[name] ?? null))),
      ...(further.length === 0 && assignments.length === 0 ? [] : [further, assignmentKey(assignments)]),
    ]);
    return answers.of(key, () => say(subjectOfPerson(person, assignments)));
  };
}
