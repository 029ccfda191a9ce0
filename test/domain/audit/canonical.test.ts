/** RFC 8785, with its own examples. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonical } from '#domain/audit/canonical.ts';

test('the example of RFC 8785, 3.2.2 to 3.2.4', () => {
  const value = {
    numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  };
  const expected = String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`;
  assert.equal(canonical(value), expected);
});

test('keys are ordered by UTF-16 code units (3.2.3)', () => {
  const value = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter Dalet With Dagesh',
    '1': 'One',
    '\ud83d\ude00': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    '\u00f6': 'Latin Small Letter O With Diaeresis',
  };
  const order = [
    'Carriage Return',
    'One',
    'Control',
    'Latin Small',
    'Euro Sign',
    'Emoji: Grinning Face',
    'Hebrew Letter',
  ];
  const text = canonical(value);
  const places = order.map((word) => text.indexOf(word));
  assert.ok(places.every((place) => place >= 0));
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
});

const numbers: [string, number, string][] = [
  ['0000000000000000', 0, '0'],
  ['8000000000000000', -0, '0'],
  ['0000000000000001', 5e-324, '5e-324'],
  ['7fefffffffffffff', 1.7976931348623157e308, '1.7976931348623157e+308'],
  ['4340000000000000', 9007199254740992, '9007199254740992'],
  ['4430000000000000', 295147905179352830000, '295147905179352830000'],
  ['44b52d02c7e14af6', 1e23, '1e+23'],
  ['444b1ae4d6e2ef50', 1e21, '1e+21'],
  ['3eb0c6f7a0b5ed8d', 0.000001, '0.000001'],
  ['41b3de4355555554', 333333333.33333325, '333333333.33333325'],
];
for (const [bits, value, text] of numbers) {
  test(`the number ${text} (appendix B)`, () => {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, BigInt(`0x${bits}`));
    assert.equal(canonical(view.getFloat64(0)), text);
    assert.equal(canonical(value), text);
  });
}

const refused: [string, unknown][] = [
  ['NaN', Number.NaN],
  ['infinity', [Number.NEGATIVE_INFINITY]],
  ['a lone surrogate', { a: 'x\ud83d' }],
  ['a lone surrogate in a key', { '\ude00': 1 }],
  ['a big integer', { a: 1n }],
  ['a function', [() => 1]],
  ['nothing at all', undefined],
];
for (const [name, value] of refused) {
  test(`${name} has no canonical form`, () => assert.throws(() => canonical(value), TypeError));
}

test('members without a value are left out, in lists they are null, as in JSON', () => {
  assert.equal(canonical({ b: undefined, a: [undefined, 1] }), '{"a":[null,1]}');
});

test('whatever the value, its form parses back and does not depend on the order of keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonical(value);
      assert.equal(canonical(JSON.parse(text)), text);
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
      assert.equal(canonical(reversed(JSON.parse(JSON.stringify(value)))), text);
    }),
  );
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}
