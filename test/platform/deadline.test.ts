/** One patience for many calls. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deadline } from '#platform/deadline.ts';

const never = () => new Promise<never>(() => {});
const late = () => new Error('late');

test('settles as the work does, and gives up what is late', async () => {
  const deadline = new Deadline({ ms: 200, fault: late });
  assert.equal(await deadline.of(Promise.resolve(7)), 7);
  await assert.rejects(deadline.of(Promise.reject(new Error('its own'))), /its own/);
  await assert.rejects(deadline.of(never()), /late/);
});

test('time in which this process stands still is not held against the work', async () => {
  const deadline = new Deadline({ ms: 300, fault: late });
  const answer = deadline.of(new Promise((resolve) => setImmediate(() => setImmediate(() => resolve('there')))));
  const until = Date.now() + 700;
  while (Date.now() < until);
  assert.equal(await answer, 'there');
});

test('raises a doubt before it gives up, and can give everybody up at once', async () => {
  let doubts = 0;
  const deadline: Deadline = new Deadline({
    ms: 60_000,
    fault: late,
    slow: {
      ms: 100,
      tell: () => {
        doubts += 1;
        deadline.giveUp();
      },
    },
  });
  const answers = await Promise.allSettled([deadline.of(never()), deadline.of(never())]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.equal(doubts, 1);
});
