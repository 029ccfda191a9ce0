/** Whatever the policy and the person: what a review asks about is all that the person's rights come from, and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkPolicy } from '#domain/policy/check/check.ts';
import { compilePolicy } from '#domain/policy/compile.ts';
import { givenRoles, grantsOf } from '#domain/policy/given-roles.ts';
import { attributesOf, inForce } from '#domain/policy/subject.ts';
import { instants, people, policies, systems } from './generate.ts';
import { permissionsOf, rolesOf } from './oracle.ts';

test('the roles that were given, with what they include, are the roles that are held', () => {
  fc.assert(
    fc.property(policies, people, instants, (policy, person, at) => {
      const checked = checkPolicy(JSON.stringify(policy), systems);
      assert.ok(checked.ok);
      const compiled = compilePolicy(checked.document);
      const subject = {
        active: person.active,
        attributes: attributesOf(Object.entries(person.attributes)),
        assignments: person.assignments.map((one, index) => ({ id: `assignment ${index}`, ...one })),
      };
      const given = givenRoles(compiled, subject, at);
      // Each assignment that has not ended once, each role of rules once.
      const keys = given.map((one) => ('assignment' in one ? one.assignment.id : `rule ${one.role}`));
      assert.equal(new Set(keys).size, keys.length);
      for (const { id, until } of subject.assignments)
        assert.equal(keys.includes(id), until === undefined || at < until, id);

      const now = given.filter((one) => person.active && (!('assignment' in one) || inForce(one.assignment, at)));
      const held = rolesOf(policy, person, at);
      for (const { role } of now) assert.ok(held.includes(role) || role === 'gone', role);
      const granted = now.flatMap(({ role }) =>
        [...grantsOf(checked.document, role)].flatMap(([system, list]) => list.map((one) => `${system} ${one}`)),
      );
      assert.deepEqual([...new Set(granted)].toSorted(), permissionsOf(policy, person, at));
    }),
    { numRuns: 400 },
  );
});
