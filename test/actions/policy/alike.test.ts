/** A sweep answers for each person what a plain reading of the contract says, though it works out once what alike people share. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Question, SweptPerson } from '#actions/policy/what-if/question.ts';
import { sweepFor } from '#actions/policy/what-if/sweep.ts';
import { checkPolicy } from '#domain/policy/check/check.ts';
import { type CompiledPolicy, compilePolicy } from '#domain/policy/compile.ts';
import { instants, people, policies, systems } from '#test/domain/policy/generate.ts';
import { breachesOf, type PlainPerson, type PlainPolicy, permissionsOf } from '#test/domain/policy/oracle.ts';

const text = (policy: PlainPolicy) => JSON.stringify(policy);
function compiled(...given: PlainPolicy[]): ReadonlyMap<string, CompiledPolicy> {
  return new Map(
    given.map((policy) => {
      const checked = checkPolicy(text(policy), systems);
      assert.ok(checked.ok);
      return [text(policy), compilePolicy(checked.document)];
    }),
  );
}

/** Texts of the hub's own stand in their fields, everything else among the further attributes. */
function swept(person: PlainPerson, at: number): SweptPerson {
  const { department, jobTitle, ...further } = person.attributes;
  const own = (name: string, value: unknown) => (typeof value === 'string' && value !== '' ? { [name]: value } : {});
  const listed = (name: string, value: unknown) => (Array.isArray(value) ? { [name]: value } : {});
  return {
    id: String(at),
    person: {
      ...{ name: `Person ${at}`, email: `p${at}@x.example`, emailVerified: false },
      status: person.active ? 'active' : 'disabled',
      ...own('department', department),
      ...own('jobTitle', jobTitle),
      attributes: { ...further, ...listed('department', department), ...listed('jobTitle', jobTitle) },
    } as SweptPerson['person'],
    assignments: person.assignments.map((assignment, index) => ({ id: `${at}.${index}`, ...assignment })),
  };
}

const names = ['department', 'jobTitle', 'groups', 'constructor', 'caf\u00e9'];
const few = ['Sales', 'Finance', '100'];

/** Most rules are made plain, so that what tells two people apart matters often. */
const plainer = fc
  .tuple(
    policies,
    fc.array(
      fc.record({
        role: fc.constantFrom('a', 'b', 'c', 'd'),
        when: fc.oneof(
          fc.tuple(fc.constantFrom(...names), fc.constantFrom(...few)),
          fc.tuple(fc.constantFrom(...names), fc.record({ exists: fc.boolean() })),
        ),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([policy, rules]): PlainPolicy => {
    const plain = rules.map(({ role, when: [name, test] }) => ({ role, when: { [name]: test } }));
    return { ...policy, assign: [...policy.assign, ...plain] };
  });

/** Somebody, and people who differ from them in one thing each; each of them twice, the first ones last. */
const company = people.map((one): PlainPerson[] => {
  const { attributes } = one;
  const varied = names.flatMap((name) => {
    const { [name]: _, ...rest } = attributes;
    return [rest, ...few.map((value) => ({ ...rest, [name]: value })), { ...rest, [name]: ['Sales', 'Legal'] }];
  });
  const all = [one, ...varied.map((given) => ({ ...one, attributes: given }))];
  const others = [
    { ...one, active: !one.active },
    { ...one, assignments: [] },
  ];
  return [...all, ...others, ...all.toReversed()];
});
const runs = { numRuns: 60 };

test('gains and losses', () => {
  fc.assert(
    fc.property(plainer, plainer, company, instants, (before, after, everybody, at) => {
      const known = compiled(before, after);
      const question: Question = {
        kind: 'change',
        before: text(before),
        after: text(after),
        at,
        systems: [],
        ahead: true,
      };
      const sweep = sweepFor(question, known);
      everybody.forEach((person, index) => {
        sweep.add(swept(person, index));
      });
      const effect = sweep.answer();
      assert.equal(effect.people, everybody.length);
      everybody.forEach((person, index) => {
        const delta = effect.deltas[effect.affected.find(({ id }) => id === String(index))?.delta ?? -1];
        const [was, is] = [permissionsOf(before, person, at), permissionsOf(after, person, at)];
        const told = (list: readonly { system: string; permission: string }[] = []) =>
          list.map(({ system, permission }) => `${system} ${permission}`).toSorted();
        assert.deepEqual(
          told(delta?.gains),
          is.filter((one) => !was.includes(one)),
        );
        assert.deepEqual(
          told(delta?.losses),
          was.filter((one) => !is.includes(one)),
        );
      });
    }),
    runs,
  );
});

test('standing breaches, and who holds a permission', () => {
  fc.assert(
    fc.property(plainer, company, instants, (policy, everybody, at) => {
      const known = compiled(policy);
      const conflicts = sweepFor({ kind: 'conflicts', policy: text(policy), at }, known);
      const holders = sweepFor(
        { kind: 'holders', policy: text(policy), at, system: 'crm', permission: 'both:read' },
        known,
      );
      everybody.forEach((person, index) => {
        conflicts.add(swept(person, index));
        holders.add(swept(person, index));
      });
      const found = conflicts.answer().breaches.map(({ id, separation }) => `${id} ${separation}`);
      const expected = everybody.flatMap((person, index) =>
        breachesOf(policy, person, at).map((id) => `${index} ${id}`),
      );
      assert.deepEqual(found.toSorted(), expected.toSorted());
      assert.deepEqual(
        holders.answer().map(({ id }) => id),
        everybody.flatMap((person, index) =>
          permissionsOf(policy, person, at).includes('crm both:read') ? [String(index)] : [],
        ),
      );
    }),
    runs,
  );
});
