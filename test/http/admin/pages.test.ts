/** Lists have numbered pages, and a change is told by group before it is told by person. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Request } from 'express';
import { importPeople } from '#actions/people/import/import.ts';
import { pagesOf } from '#http/admin/pages.ts';
import { groupsOfChange } from '#http/admin/policy/groups.ts';
import { operator, pagesHub, signedInBrowser } from '#test/http/support.ts';

const request = (query: Record<string, string>) => ({ path: '/x', query }) as unknown as Request;

for (const [page, total, numbers] of [
  ['', 40, undefined],
  ['', 101, [1, 2, 3]],
  ['9', 1_000, [1, 2, undefined, 7, 8, 9, 10, 11, undefined, 20]],
  ['99', 101, [1, 2, 3]],
] as const)
  test(`page "${page}" of ${total} rows`, () => {
    const found = pagesOf(request(page === '' ? {} : { page, q: 'a' }), total, 50);
    assert.deepEqual(
      found?.links.map((one) => one?.number),
      numbers,
    );
    if (page === '9') assert.equal(found?.links[1]?.href, '/x?page=2&q=a');
  });

test('people of one change stand together, with their departments', () => {
  const rows = [
    { change: 'a', department: 'Finance' },
    { change: 'b', department: 'Sales' },
    { change: 'a', department: 'Finance' },
    { change: 'a', department: undefined },
  ];
  const groups = groupsOfChange(rows, ({ change }) => change);
  assert.deepEqual(
    groups.map(({ count, departments, elsewhere }) => [count, departments, elsewhere]),
    [
      [3, [{ name: 'Finance', count: 2 }], 1],
      [1, [{ name: 'Sales', count: 1 }], 0],
    ],
  );
});

test('the people page has pages by number', async (t) => {
  const hub = await pagesHub(t);
  await hub.person('owner', 'hub-owner');
  const rows = Array.from({ length: 120 }, (_, at) => `p${at}@x.example,P${String(at).padStart(3, '0')} Lis`);
  await importPeople(hub.services, operator, ['email,name', ...rows].join('\n'));
  const browser = await signedInBrowser(hub.issuer, 'owner@example.com');
  const third = await browser.follow(`${hub.issuer}/admin/people?page=3`);
  assert.match(third.text, /aria-current="page">3</);
  assert.match(third.text, /P119 Lis/);
  assert.doesNotMatch(third.text, /P000 Lis/);
});
