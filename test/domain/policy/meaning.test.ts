/** Whatever the policy and the person, the compiled answers are those of a plain reading of the contract. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { newBreaches } from '#domain/policy/breaches.ts';
import { checkPolicy } from '#domain/policy/check/check.ts';
import { type CompiledPolicy, compilePolicy } from '#domain/policy/compile.ts';
import { explain } from '#domain/policy/explain.ts';
import { simulate } from '#domain/policy/simulate.ts';
import { attributesOf, inForce, type Subject } from '#domain/policy/subject.ts';
import { instants, people, policies, systems } from './generate.ts';
import { breachesOf, type PlainPerson, type PlainPolicy, permissionsOf, rolesOf, whenHolds } from './oracle.ts';

/** JSON is YAML, so this is a document. */
function compiled(policy: PlainPolicy): CompiledPolicy {
  const checked = checkPolicy(JSON.stringify(policy), systems);
  assert.ok(checked.ok, JSON.stringify(checked));
  return compilePolicy(checked.document);
}

function subjectOf(person: PlainPerson): Subject {
  return {
    active: person.active,
    attributes: attributesOf(Object.entries(person.attributes)),
    assignments: person.assignments.map((assignment, index) => ({ id: `assignment ${index}`, ...assignment })),
  };
}

const runs = { numRuns: 400 };

test('roles, permissions and breaches', () => {
  fc.assert(
    fc.property(policies, people, instants, (policy, person, at) => {
      const access = compiled(policy).access(subjectOf(person), at);
      assert.deepEqual(access.roles, rolesOf(policy, person, at));
      const held = [...access.systems].flatMap(([system, list]) => list.map((one) => `${system} ${one}`));
      assert.deepEqual(held.toSorted(), permissionsOf(policy, person, at));
      assert.deepEqual(access.breaches.map(({ id }) => id).toSorted(), breachesOf(policy, person, at));
    }),
    runs,
  );
});

test('nothing changes by time alone before nextChange says so', () => {
  fc.assert(
    fc.property(policies, people, instants, instants, (policy, person, one, other) => {
      const [at, later] = one < other ? [one, other] : [other, one];
      const ready = compiled(policy);
      const subject = subjectOf(person);
      if (later < ready.nextChange(subject, at)) {
        assert.deepEqual(ready.access(subject, later), ready.access(subject, at));
      }
    }),
    runs,
  );
});

test('an explanation names every path and everything that is missing', () => {
  fc.assert(
    fc.property(policies, people, instants, (policy, person, at) => {
      const subject = subjectOf(person);
      const { roles, permissions, missing } = explain(compiled(policy), subject, 'erp', at);
      const heldRoles = rolesOf(policy, person, at);
      assert.deepEqual(
        roles.map(({ role }) => role),
        heldRoles,
      );
      for (const { role, because } of roles) {
        const rules = policy.assign.flatMap((rule, index) => {
          const period = { from: rule.from && Date.parse(rule.from), until: rule.until && Date.parse(rule.until) };
          const gives = rule.role === role && whenHolds(rule.when, person.attributes);
          return gives && inForce({ from: period.from || undefined, until: period.until || undefined }, at)
            ? [`assign[${index}]`]
            : [];
        });
        assert.deepEqual(
          because.flatMap((reason) => ('rule' in reason ? [reason.rule.path] : [])),
          rules,
        );
        const including = heldRoles.filter((other) => policy.roles[other]?.includes?.includes(role));
        assert.deepEqual(
          because.flatMap((reason) => ('includedBy' in reason ? [reason.includedBy] : [])),
          including,
        );
        assert.ok(because.length > 0);
      }
      const grants = (role: string) => policy.roles[role]?.grants?.erp ?? [];
      const held = [...new Set(heldRoles.flatMap(grants))].sort();
      assert.deepEqual(
        permissions.map(({ permission }) => permission),
        held,
      );
      for (const { permission, because } of permissions) {
        const giving = heldRoles.filter((role) => grants(role).includes(permission));
        assert.deepEqual(
          because.map(({ role }) => role),
          giving,
        );
      }
      const all = [...new Set(Object.keys(policy.roles).flatMap(grants))].sort();
      assert.deepEqual(
        missing.map(({ permission }) => permission),
        all.filter((permission) => !held.includes(permission)),
      );
      for (const { nearest } of missing) for (const { failing } of nearest) assert.ok(failing.length > 0);
    }),
    runs,
  );
});

test('new breaches are those that some instant from now on brings and the same instant before did not have', () => {
  const pair = fc.tuple(policies, people);
  fc.assert(
    fc.property(pair, pair, instants, (one, other, now) => {
      // The same person may change, the policy may change, or both.
      const [[before, was], [after, is]] = [one, other];
      const found = newBreaches(
        { policy: compiled(before), subject: subjectOf(was) },
        { policy: compiled(after), subject: subjectOf(is) },
        now,
      );
      const moments = [before, after].flatMap(({ assign }) => assign.flatMap(({ from, until }) => [from, until]));
      const all = [
        now,
        ...moments.flatMap((moment) => (moment === undefined ? [] : [Date.parse(moment)])),
        ...[was, is].flatMap((person) => person.assignments.flatMap(({ from, until }) => [from ?? now, until ?? now])),
      ].filter((moment) => moment >= now);
      const expected = all.flatMap((moment) => {
        const stood = breachesOf(before, was, moment);
        return breachesOf(after, is, moment).filter((id) => !stood.includes(id));
      });
      assert.deepEqual(found.map(({ rule }) => rule.id).toSorted(), [...new Set(expected)].sort());
      for (const { rule, from } of found) assert.ok(breachesOf(after, is, from).includes(rule.id));
    }),
    runs,
  );
});

test('a simulation is the difference of two plain readings', () => {
  const crowd = fc.array(people, { maxLength: 4 });
  fc.assert(
    fc.property(policies, policies, crowd, instants, (before, after, everybody, at) => {
      const persons = everybody.map((person, index) => ({ person: `p${index}`, subject: subjectOf(person) }));
      const result = simulate(compiled(before), compiled(after), at, persons);
      assert.equal(result.people, everybody.length);
      const difference = (from: PlainPolicy, to: PlainPolicy, question: typeof permissionsOf) =>
        everybody.flatMap((person, index) => {
          const had = question(from, person, at);
          return question(to, person, at)
            .filter((one) => !had.includes(one))
            .map((one) => `p${index} ${one}`);
        });
      const rows = (list: typeof result.gains) =>
        list.map((row) => `${row.person} ${row.system} ${row.permission}`).sort();
      assert.deepEqual(rows(result.gains), difference(before, after, permissionsOf).sort());
      assert.deepEqual(rows(result.losses), difference(after, before, permissionsOf).sort());
      const conflicts = (list: typeof result.conflicts.appear) =>
        list.map((row) => `${row.person} ${row.separation}`).sort();
      assert.deepEqual(conflicts(result.conflicts.appear), difference(before, after, breachesOf).sort());
      assert.deepEqual(conflicts(result.conflicts.vanish), difference(after, before, breachesOf).sort());
      const standing = everybody.flatMap((person, index) => {
        const had = breachesOf(before, person, at);
        return breachesOf(after, person, at)
          .filter((one) => had.includes(one))
          .map((one) => `p${index} ${one}`);
      });
      assert.deepEqual(conflicts(result.conflicts.stand), standing.sort());
    }),
    runs,
  );
});
