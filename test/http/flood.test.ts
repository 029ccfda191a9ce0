/**
 * A flood of password sign-ins over a hub in a process of its own: it stays alive, says when to come back, and every sign-in that it
 * acknowledged is on record. How long anything took is measured by `npm run bench -- --flood` and decides nothing here.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flood } from '#test/bench/apart/flood.ts';

test('more sign-ins than it can hash: alive, excess told to come back, nothing acknowledged lost', async () => {
  const found = await flood(80, 3, true);
  assert.ok(found.alive);
  assert.ok(found.refused > 0, 'there was an excess');
  assert.equal(found.silent, 0, 'each 503 has Retry-After');
  assert.deepEqual(found.other, {}, 'every answer is one or the other');
  assert.equal(found.failedProbes, 0, 'refreshes and keys are served meanwhile');
  assert.ok(found.done > 1, 'and some get in');
  assert.equal(found.recorded, found.done);
});
