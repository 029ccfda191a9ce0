import { newBreaches } from '#domain/policy/breaches.ts';
import { type CompiledPolicy, emptyPolicy } from '#domain/policy/compile.ts';
import { Comparison, type Delta, isEmpty } from '#domain/policy/effect.ts';
import { isActiveAt } from '#domain/policy/subject.ts';
import { personLabel } from '../../access/subject.ts';
import { compileStored } from '../compile-stored.ts';
import { onceForAlike } from './alike.ts';
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
  const judged = onceForAlike([was, will], (subject) => {
    const compared = comparison.compare(subject);
    // Almost everybody: nothing newly breached now, and no date ahead that could bring it.
    const settled = was.nextChange(subject, at) === Infinity && will.nextChange(subject, at) === Infinity;
    const found =
      !ahead || (settled && compared.delta.appear.length === 0)
        ? []
        : newBreaches({ policy: was, subject }, { policy: will, subject }, at);
    return { ...compared, active: isActiveAt(subject, at), isTouched: !isEmpty(compared.delta), found };
  });
  return {
    add(one) {
      people += 1;
      const { before, after, delta, active, isTouched, found } = judged(one);
      const person = personLabel(one.person);
      if (active) gauge.add(one, person, before, after);
      if (isTouched) {
        let place = places.get(delta);
        if (place === undefined) {
          place = places.size;
          places.set(delta, place);
        }
        const { name, department } = one.person;
        affected.push({ id: one.id, person, name, ...(department === undefined ? {} : { department }), delta: place });
      }
      for (const { rule, from } of found) {
        breaches.push({ id: one.id, person, separation: rule.id, mode: rule.mode, from });
      }
    },
    answer: () => ({ people, deltas: [...places.keys()], affected, breaches, claims: gauge.sizes() }),
  };
}

function conflictSweep(policy: CompiledPolicy, at: number): Sweep<Breaches> {
  const breaches: StandingBreach[] = [];
  let until = Number.POSITIVE_INFINITY;
  const judged = onceForAlike([policy], (subject) => ({
    next: policy.nextChange(subject, at),
    breached: policy.access(subject, at).breaches.map(({ id }) => id),
  }));
  return {
    add(one) {
      const { next, breached } = judged(one);
      until = Math.min(until, next);
      for (const separation of breached) breaches.push({ separation, id: one.id, person: personLabel(one.person) });
    },
    answer: () => ({ breaches, until }),
  };
}

function holderSweep(
  policy: CompiledPolicy,
  { at, system, permission }: Extract<Question, { kind: 'holders' }>,
): Sweep<readonly Holder[]> {
  const found: Holder[] = [];
  const holds = onceForAlike(
    [policy],
    (subject) => policy.access(subject, at).systems.get(system)?.includes(permission) === true,
  );
  return {
    add(one) {
      if (!holds(one)) return;
      const { name, department } = one.person;
      found.push({
        ...{ id: one.id, person: personLabel(one.person), name },
        ...(department === undefined ? {} : { department }),
      });
    },
    answer: () => found,
  };
}
