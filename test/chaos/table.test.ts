import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atMost, holds } from '#test/support/figure.ts';
import { isFailed, isMissed, type Outcome, table } from './table.ts';

const well: Outcome = {
  part: 'kill',
  seconds: 1,
  figures: [holds('lost', '7 sign-ins'), atMost('ready again', 4999.6, 5000)],
  failed: [],
  notRun: [],
};

const cases: [string, Partial<Outcome>, boolean][] = [
  ['all figures met', {}, false],
  ['a figure beyond its aim', { figures: [atMost('ready again', 5001, 5000)] }, true],
  ['a test that failed', { failed: ['lost: one'] }, true],
  ['nothing to run it on', { figures: [], notRun: ['three members: no mongod'] }, false],
  ['nothing said at all', { figures: [] }, true],
];

for (const [title, more, missed] of cases) {
  test(`a part of the long run: ${title} is ${missed ? '' : 'not '}missed`, () => {
    assert.equal(isMissed({ ...well, ...more }), missed);
  });
}

test('where figures are only told, a missed one fails nothing, a failed test does', () => {
  assert.equal(isFailed({ ...well, figures: [atMost('ready again', 5001, 5000)] }), false);
  assert.equal(isFailed({ ...well, failed: ['lost: one'] }), true);
  assert.equal(isFailed({ ...well, figures: [] }), true);
});

test('the table has a row for each figure, each failure and each thing that could not run', () => {
  const rows = table([well, { ...well, part: 'elect', figures: [], failed: ['lost: one'], notRun: ['no mongod'] }]);
  assert.deepEqual(rows.trimEnd().split('\n'), [
    'kill   met      aim 0           lost: 7 sign-ins',
    'kill   met      aim <= 5000 ms  ready again: 5000 ms',
    'elect  FAILED                   lost: one',
    'elect  NOT RUN                  no mongod',
  ]);
});
