import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HubError } from '#domain/errors.ts';
import { createHasher } from '#platform/hashing/pool.ts';

const dying = new URL('./dying-worker.ts', import.meta.url);
const busy = (fault: unknown): boolean =>
  fault instanceof HubError && fault.code === 'busy' && fault.status === 503 && (fault.retryAfter ?? 0) >= 1;

test('hashes and verifies in a thread, and says when a hash is not of today', async (t) => {
  const hasher = createHasher({ slots: 1, queue: 4 });
  t.after(() => hasher.close());
  const hash = await hasher.hash('correct horse battery staple');
  assert.deepEqual(await hasher.verify(hash, 'correct horse battery staple'), { matches: true, outdated: false });
  assert.deepEqual(await hasher.verify(hash, 'wrong'), { matches: false, outdated: false });
  const old = '{SSHA}Sxau/pymWr21P1cPFDstPe7WNKDqHcPYW+udcw==';
  assert.deepEqual(await hasher.verify(old, 'Trąbka 贸易 correct horse'), { matches: true, outdated: true });
  assert.deepEqual(await hasher.verify('nonsense', 'x'), { matches: false, outdated: true });
});

test('a password is the same in composed and decomposed form', async (t) => {
  const hasher = createHasher({ slots: 1, queue: 4 });
  t.after(() => hasher.close());
  const hash = await hasher.hash('Zażółć gęślą jaźń'.normalize('NFD'));
  assert.equal((await hasher.verify(hash, 'Zażółć gęślą jaźń'.normalize('NFC'))).matches, true);
  assert.equal((await hasher.verify(hash, 'Zażółć gęślą jaźń'.normalize('NFD'))).matches, true);
});

test('beyond slots and queue the answer is busy at once, and what was taken is still done', async (t) => {
  const hasher = createHasher({ slots: 2, queue: 3 });
  t.after(() => hasher.close());
  const answers = await Promise.allSettled(Array.from({ length: 12 }, () => hasher.hash('correct horse battery')));
  const refused = answers.filter((answer) => answer.status === 'rejected');
  assert.equal(refused.length, 7);
  assert.ok(refused.every((answer) => busy(answer.reason)));
  assert.match(await hasher.hash('correct horse battery'), /^\$argon2id\$/);
});

for (const end of ['exit', 'throw'])
  test(`a thread that dies (${end}) refuses its own task as busy and is replaced`, async (t) => {
    const hasher = createHasher({ slots: 1, queue: 4, program: dying });
    t.after(() => hasher.close());
    assert.equal(await hasher.hash('first'), 'first');
    const doomed = hasher.hash(end);
    const after = hasher.hash('after');
    await assert.rejects(doomed, busy);
    assert.equal(await after, 'after');
  });

test('closing refuses what waits and what runs', async () => {
  const hasher = createHasher({ slots: 1, queue: 4, program: dying });
  const running = hasher.hash('hang');
  const waiting = hasher.hash('waits');
  const refusals = Promise.all([assert.rejects(running, busy), assert.rejects(waiting, busy)]);
  await hasher.close();
  await refusals;
  await assert.rejects(hasher.hash('late'), busy);
});
