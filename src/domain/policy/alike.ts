import type { Condition, PolicyDocument } from './document.ts';
import type { SingleAssignment } from './subject.ts';

/** The attributes that the rules of a policy test; no other can change what somebody holds. */
export function testedAttributes({ assign }: Pick<PolicyDocument, 'assign'>): ReadonlySet<string> {
  const tested = new Set<string>();
  const look = (condition: Condition): void => {
    if (condition.kind === 'test') tested.add(condition.attribute);
    else if (condition.kind === 'not') look(condition.of);
    else for (const part of condition.of) look(part);
  };
  for (const { when } of assign) look(when);
  return tested;
}

/** Answers kept at most; a policy that tests what is everybody's own (an address) has no two people alike. */
const mostKept = 20_000;

/**
 * Works out an answer once for all people who are alike in everything that it may rest on. A large company has some thousands
 * of different people in that sense, so that most are met again.
 */
export class Alike<A> {
  readonly #answers = new Map<string, A>();

  /** @param key says everything that the answer rests on */
  of(key: string, answer: () => A): A {
    let known = this.#answers.get(key);
    if (known === undefined) {
      if (this.#answers.size >= mostKept) this.#answers.clear();
      known = answer();
      this.#answers.set(key, known);
    }
    return known;
  }
}

/** Assignments as far as an answer rests on them. */
export function assignmentKey(assignments: readonly SingleAssignment[]): readonly unknown[] {
  return assignments.flatMap(({ role, from = null, until = null }) => [role, from, until]);
}
