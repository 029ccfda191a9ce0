import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { uuidv7 } from '#platform/ids.ts';
import { createSealer } from '#platform/seal.ts';
import { authorizationCodes, people } from '#storage/collections.ts';
import { openSqlite } from '#storage/sqlite/engine.ts';

test('what was committed is there after closing and opening again', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'gatehouse-')), 'hub.db');
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const seal = createSealer('a secret for tests');
  const first = await openSqlite({ file, clock, seal });
  const id = uuidv7(clock.now());
  const person = {
    email: 'ann@example.com',
    emailVerified: false,
    logins: ['ann@example.com', 'ann'],
    name: 'Ann',
    status: 'active',
    attributes: {},
    searchTerms: ['ann'],
    sortName: 'ann',
    createdAt: 1,
    changedAt: 1,
  };
  await first.commit({
    changes: [
      { kind: 'insert', collection: people, id, data: person },
      {
        kind: 'insert',
        collection: authorizationCodes,
        id: 'c1',
        data: { payload: { a: 'ü' }, grant: 'g' },
        expiresAt: 5,
      },
    ],
    events: [
      {
        type: 'person.created',
        outcome: 'success',
        actor: { kind: 'operator' },
        subject: { id },
        personal: { subject: 'Ann' },
      },
    ],
  });
  await first.close();
  const second = await openSqlite({ file, clock, seal });
  assert.deepEqual((await second.find(people, { where: { logins: 'ann' } })).items, [{ ...person, id, version: 1 }]);
  assert.deepEqual((await second.find(authorizationCodes, { where: { grant: 'g' } })).items, [
    { payload: { a: 'ü' }, grant: 'g', id: 'c1', version: 1, expiresAt: Date.UTC(2026, 0, 2) },
  ]);
  const { items } = await second.audit.query({ person: id });
  assert.equal(items.length, 1);
  assert.deepEqual(items[0]?.personal, { subject: 'Ann' });
  await second.ping();
  await second.close();
});
