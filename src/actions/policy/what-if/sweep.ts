import { newBreaches } from '#domain/policy/breaches.ts';
import { type CompiledPolicy, emptyPolicy } from '#domain/policy/compile.ts';
import { Comparison, type Delta, isEmpty } from '#domain/policy/effect.ts';
import { isActiveAt } from '#domain/policy/subject.ts';
import { personLabel, subjectOfPerson } from '../../access/subject.ts';
import { compileStored } from '../compile-stored.ts';
import { ClaimsGauge } from './claims-gauge.ts';
import type {
  Affected,
  AnswerTo,
  Breaches,
  BreachFound,
  Effect,
  Holder,
  Question,
  StandingBreach,
  SweptPerson,
} from './question.ts';

/** Takes people one after another and knows the answer in the end. */
export interface Sweep<A> {
  add(person: SweptPerson): void;
  answer(): A;
}

/** @param compiled policies that the caller has compiled already, by text. */
export function sweepFor<Q extends Question>(
  question: Q,
  compiled: ReadonlyMap<string, CompiledPolicy> = new Map(),
): Sweep<AnswerTo<Q>> {
  const compile = (text: string | null) => (text === null ? emptyPolicy : (compiled.get(text) ?? compileStored(text)));
  return sweeps(question, compile) as Sweep<AnswerTo<Q>>;
}

function sweeps(question: Question, compile: (text: string | null) => CompiledPolicy): Sweep<unknown> {
  switch (question.kind) {
    case 'change':
      return changeSweep(question, compile(question.before), compile(question.after));
    case 'conflicts':
      return conflictSweep(compile(question.policy), question.at);
    case 'holders':
      return holderSweep(compile(question.policy), question);
  }
}

function changeSweep(
  { at, ahead, systems }: Extract<Question, { kind: 'change' }>,
  was: CompiledPolicy,
  will: CompiledPolicy,
): Sweep<Effect> {
  const comparison = new Comparison(was, will, at);
  const gauge = new ClaimsGauge(systems);
  const places = new Map<Delta, number>();
  const affected: Affected[] = [];
  const breaches: BreachFound[] = [];
  let people = 0;
  return {
    add(one) {
      people += 1;
      const subject = subjectOfPerson(one.person, one.assignments);
      const { before, after, delta } = comparison.compare(subject);
      const person = personLabel(one.person);
      if (isActiveAt(subject, at)) gauge.add(one, person, before, after);
      if (!isEmpty(delta)) {
        let place = places.get(delta);
        if (place === undefined) {
          place = places.size;
          places.set(delta, place);
        }
        affected.push({ id: one.id, person, name: one.person.name, delta: place });
      }
      // Almost everybody: nothing newly breached now, and no date ahead that could bring it.
      const settled = was.nextChange(subject, at) === Infinity && will.nextChange(subject, at) === Infinity;
      if (!ahead || (settled && delta.appear.length === 0)) return;
      for (const { rule, from } of newBreaches({ policy: was, subject }, { policy: will, subject }, at)) {
        breaches.push({ id: one.id, person, separation: rule.id, mode: rule.mode, from });
      }
    },
    answer: () => ({ people, deltas: [...places.keys()], affected, breaches, claims: gauge.sizes() }),
  };
}

function conflictSweep(policy: CompiledPolicy, at: number): Sweep<Breaches> {
  const breaches: StandingBreach[] = [];
  let until = Number.POSITIVE_INFINITY;
  return {
    add({ id, person, assignments }) {
      const subject = subjectOfPerson(person, assignments);
      until = Math.min(until, policy.nextChange(subject, at));
      for (const rule of policy.access(subject, at).breaches) {
        breaches.push({ separation: rule.id, id, person: personLabel(person) });
      }
    },
    answer: () => ({ breaches, until }),
  };
}

function holderSweep(
  policy: CompiledPolicy,
  { at, system, permission }: Extract<Question, { kind: 'holders' }>,
): Sweep<readonly Holder[]> {
  const found: Holder[] = [];
  return {
    add({ id, person, assignments }) {
      const held = policy.access(subjectOfPerson(person, assignments), at).systems.get(system);
      if (!held?.includes(permission)) return;
      const { name, department } = person;
      found.push({ id, person: personLabel(person), name, ...(department === undefined ? {} : { department }) });
    },
    answer: () => found,
  };
}
