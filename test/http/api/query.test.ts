import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { HubError } from '#domain/errors.ts';
import { readQuery } from '#http/api/guard/query.ts';
import { limit } from '#http/api/resources/list.ts';

const schema = z.strictObject({ q: z.string().optional(), limit });

const cases: [search: string, expected: unknown][] = [
  ['', {}],
  ['?', {}],
  ['?q=a%20b+c', { q: 'a b c' }],
  ['?q=%E4%BA%BA&limit=200', { q: '人', limit: 200 }],
  ['?q', { q: '' }],
  ['?limit=201', 'bad-request limit'],
  ['?limit=0', 'bad-request limit'],
  ['?limit=1e2', 'bad-request limit'],
  ['?limit=-1', 'bad-request limit'],
  ['?q=a&q=b', 'bad-request q'],
  ['?q[$ne]=a', 'unknown-query q[$ne]'],
  ['?q.$gt=a', 'unknown-query q.$gt'],
  ['?__proto__=a', 'unknown-query __proto__'],
  ['?__proto__[limit]=1', 'unknown-query __proto__[limit]'],
  ['?constructor=a', 'unknown-query constructor'],
  ['?Q=a', 'unknown-query Q'],
  ['?other=1&more=2', 'unknown-query other more'],
  ['?q=%ff', 'bad-request '],
  ['?%=1', 'bad-request '],
];

function said(read: () => unknown): unknown {
  try {
    return read();
  } catch (fault) {
    assert.ok(fault instanceof HubError);
    assert.equal(fault.status, 400);
    return `${fault.code} ${fault.faults.map(({ path }) => path).join(' ')}`;
  }
}

for (const [search, expected] of cases) {
  test(`query ${search}`, () =>
    assert.deepEqual(
      said(() => readQuery(search, schema)),
      expected,
    ));
}

test('a route without a query takes none', () => {
  assert.equal(
    said(() => readQuery('?a=1', undefined)),
    'unknown-query a',
  );
  assert.equal(
    said(() => readQuery('', undefined)),
    undefined,
  );
});
