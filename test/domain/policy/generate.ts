/** Random policies, people and instants, small enough that names meet often. */
import fc from 'fast-check';
import type { PlainPerson, PlainPolicy, Value, When } from './oracle.ts';

const attributes = ['department', 'jobTitle', 'groups', 'constructor', 'caf\u00e9'];
const texts = ['Sales', 'Finance', 'Sal', '', '100', '0100', 'true', 'e\u0301t\u00e9', '\u00e9t\u00e9', ' Sales'];
const roleNames = ['a', 'b', 'c', 'd', 'e', 'toString'];
const days = ['2026-01-01', '2026-01-02', '2026-01-02T00:00:00.001Z', '2026-02-01', '2026-03-01T12:00:00Z'];
export const systems = [
  { id: 'crm', side: 'crm' },
  { id: 'erp', side: 'erp' },
  { id: 'wiki', side: 'other' },
] as const;
const domains: PlainPolicy['domains'] = {
  both: { sides: ['crm', 'erp'], actions: ['read', 'write'] },
  front: { sides: ['crm'], actions: ['read'] },
  back: { sides: ['erp'], actions: ['read'] },
};
const grantable = {
  crm: ['both:read', 'both:write', 'front:read'],
  erp: ['both:read', 'both:write', 'back:read'],
  wiki: ['both:read', 'front:read', 'back:read'],
};

const value: fc.Arbitrary<Value> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...texts) },
  fc.constantFrom<Value>(100, true),
);
const tests = fc.oneof(
  { weight: 3, arbitrary: value },
  fc.record({ in: fc.array(value, { maxLength: 3 }), prefix: value, exists: fc.boolean() }, { requiredKeys: [] }),
);
const plain: fc.Arbitrary<When> = fc.dictionary(fc.constantFrom(...attributes), tests, {
  maxKeys: 2,
  noNullPrototype: true,
});
const { when } = fc.letrec<{ when: When }>((tie) => ({
  when: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 3, arbitrary: plain },
    fc
      .tuple(
        plain,
        fc.record(
          {
            all: fc.array(tie('when'), { maxLength: 2 }),
            any: fc.array(tie('when'), { maxLength: 2 }),
            not: tie('when'),
          },
          { requiredKeys: [], noNullPrototype: true },
        ),
      )
      .map(([tested, combined]) => ({ ...tested, ...combined })),
  ),
}));

const role = fc.record(
  {
    includes: fc.array(fc.nat(roleNames.length - 1), { maxLength: 2 }),
    grants: fc.record(
      {
        crm: fc.subarray(grantable.crm),
        erp: fc.subarray(grantable.erp),
        wiki: fc.subarray(grantable.wiki),
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
  },
  { requiredKeys: [], noNullPrototype: true },
);

const entry = fc.constantFrom(
  ...Object.entries(grantable).flatMap(([system, list]) => list.map((permission) => ({ system, permission }))),
);

/** A policy without faults. Roles include only later ones, so there is no circle. */
export const policies: fc.Arbitrary<PlainPolicy> = fc
  .record({
    roles: fc.tuple(...roleNames.map(() => role)),
    assign: fc.array(
      fc.record({
        role: fc.constantFrom(...roleNames),
        when,
        period: fc.tuple(fc.nat(days.length - 1), fc.nat(days.length - 1)),
        dated: fc.nat(3),
      }),
      { maxLength: 8 },
    ),
    separation: fc.array(
      fc.record({
        conflict: fc.uniqueArray(entry, { minLength: 2, maxLength: 3 }),
        mode: fc.constantFrom('prevent' as const, 'warn' as const),
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ roles, assign, separation }) => ({
    version: 1,
    domains,
    roles: Object.fromEntries(
      roles.map((body, index) => [
        roleNames[index],
        {
          ...body,
          ...(body.includes === undefined
            ? {}
            : { includes: body.includes.filter((other) => other > index).map((other) => roleNames[other] ?? '') }),
        },
      ]),
    ),
    assign: assign.map(({ role: name, when: condition, period: [a, b], dated }) => ({
      role: name,
      when: condition,
      ...(dated === 1 || (dated === 3 && a < b) ? { from: days[a] ?? '' } : {}),
      ...(dated === 2 || (dated === 3 && a < b) ? { until: days[b] ?? '' } : {}),
    })),
    separation: separation.map((rule, index) => ({ id: `s${index}`, ...rule })),
  }));

const instant = fc.constantFrom(...days).map((day) => Date.parse(day));

export const people: fc.Arbitrary<PlainPerson> = fc.record({
  attributes: fc
    .dictionary(
      fc.constantFrom(...attributes),
      fc.oneof(fc.constantFrom(...texts), fc.array(fc.constantFrom(...texts), { maxLength: 3 })),
      { maxKeys: 4, noNullPrototype: true },
    )
    // What is empty is absent, and empty elements are dropped: readers of a CSV leave them out.
    .map((all) => {
      const told = Object.entries(all).map(([name, one]): [string, string | string[]] => [
        name,
        typeof one === 'string' ? one : one.filter((element) => element !== ''),
      ]);
      return Object.fromEntries(told.filter(([, one]) => one.length > 0));
    }),
  active: fc.nat(9).map((dice) => dice > 0),
  assignments: fc.array(
    fc.record(
      { role: fc.constantFrom(...roleNames, 'gone'), from: instant, until: instant },
      { requiredKeys: ['role'], noNullPrototype: true },
    ),
    { maxLength: 2 },
  ),
});

export const instants = fc
  .tuple(fc.constantFrom(...days), fc.integer({ min: -1, max: 1 }))
  .map(([day, offset]) => Date.parse(day) + offset);
