/** Query, export and verification over a real store. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { exportAudit } from '#actions/audit/export.ts';
import { queryAudit } from '#actions/audit/query.ts';
import { recordRefusal } from '#actions/audit/refused.ts';
import { verifyStore } from '#actions/audit/verify.ts';
import { takeCheckpoint } from '#actions/checkpoints/take.ts';
import { ensureKeys } from '#actions/keys/ensure.ts';
import type { Services } from '#actions/services.ts';
import { readCheckpoint } from '#domain/audit/checkpoint.ts';
import { type AuditEvent, draft, type Origin } from '#domain/audit/event.ts';
import { verifyExport } from '#domain/audit/verify.ts';
import { manualClock } from '#platform/clock.ts';
import { people } from '#storage/collections.ts';
import { aPerson } from '#test/support/records.ts';
import { testServices } from '#test/support/services.ts';

const auditor: Origin = { actor: { kind: 'person', id: 'auditor' }, request: 'r1', ip: '192.0.2.7' };

/** Three entries of Ada into two systems, one of them refused, with a name that a spreadsheet would compute. */
async function journey(services: Services): Promise<void> {
  const ada: Origin = { actor: { kind: 'person', id: 'ada' }, ip: '192.0.2.1', agent: '=HYPERLINK("http://x")' };
  const personal = { actor: '=cmd|calc' };
  await services.store.write({
    changes: [{ kind: 'insert', collection: people, id: 'ada', data: aPerson() }],
    events: [
      draft(ada, 'entry.granted', 'success', { system: 'crm', personal }),
      draft(ada, 'entry.granted', 'success', { system: 'erp', via: 'crm', personal }),
      draft(ada, 'entry.denied', 'denied', { system: 'erp', personal }),
    ],
  });
}

async function ndjson(content: NodeJS.ReadableStream): Promise<AuditEvent[]> {
  const lines = (await text(content)).split('\n');
  assert.equal(lines.pop(), '', 'the last line ends too');
  return lines.map((line) => JSON.parse(line));
}

function storeFile({ settings }: Services): string {
  assert.ok(settings.store.kind === 'sqlite');
  return settings.store.file;
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

test('an export is the record up to its start, verifies, and leaves audit.exported with filter and number', async (t) => {
  const services = await testServices(t);
  await journey(services);
  const { content, events } = await exportAudit(services, auditor, 'ndjson');
  const lines = await ndjson(content);
  assert.equal(events, 3);
  assert.deepEqual(
    lines.map(({ type, seq }) => [type, seq]),
    [
      ['entry.granted', 1],
      ['entry.granted', 2],
      ['entry.denied', 3],
    ],
  );
  assert.equal(lines[0]?.personal?.actor, '=cmd|calc', 'personal values are opened');
  assert.deepEqual(await verifyExport(each(lines)), { ok: true, events: 3, writers: 1 });
  const [newest] = (await queryAudit(services, { limit: 1 })).items;
  assert.equal(newest?.type, 'audit.exported');
  assert.deepEqual(newest?.detail, { format: 'ndjson', filter: {}, events: 3 });
  assert.equal(newest?.personal?.ip, '192.0.2.7');
});

test('an export by filter holds what matches and says how it was asked', async (t) => {
  const services = await testServices(t);
  await journey(services);
  const { content } = await exportAudit(services, auditor, 'ndjson', { system: 'erp', via: 'crm' });
  assert.deepEqual(
    (await ndjson(content)).map(({ seq }) => seq),
    [2],
  );
  const [newest] = (await queryAudit(services, { type: 'audit.exported' })).items;
  assert.deepEqual(newest?.detail, { format: 'ndjson', filter: { system: 'erp', via: 'crm' }, events: 1 });
});

test('a CSV export is a table in which nothing is a formula', async (t) => {
  const services = await testServices(t);
  await journey(services);
  const { content } = await exportAudit(services, auditor, 'csv', { type: 'entry.' });
  const rows = parse(await text(content), { columns: true }) as Record<string, string>[];
  assert.equal(rows.length, 3);
  assert.deepEqual(
    rows.map(({ outcome }) => outcome),
    ['success', 'success', 'denied'],
  );
  for (const cell of rows.flatMap((row) => Object.values(row))) assert.doesNotMatch(cell, /^[=+\-@\t\r]/);
  assert.equal(rows[0]?.actorName, "'=cmd|calc");
});

test('an export that cannot be recorded does not happen', async (t) => {
  const services = await testServices(t);
  await journey(services);
  const refusing: Services = {
    ...services,
    store: { ...services.store, write: () => Promise.reject(new Error('disk full')) },
  };
  await assert.rejects(exportAudit(refusing, auditor, 'ndjson'), /disk full/);
});

test('verifying the live store finds it whole and is itself on record', async (t) => {
  const services = await testServices(t);
  await journey(services);
  assert.deepEqual(await verifyStore(services, auditor), { ok: true, events: 3, writers: 1 });
  const [newest] = (await queryAudit(services, { limit: 1 })).items;
  assert.equal(newest?.type, 'audit.verified');
  assert.equal(newest?.outcome, 'success');
  assert.deepEqual(newest?.detail, { ok: true, events: 3, writers: 1 });
});

test('a tail that a checkpoint covers cannot be cut off unseen', async (t) => {
  const services = await testServices(t);
  await ensureKeys(services, auditor);
  await journey(services);
  const { jws } = await takeCheckpoint(services, auditor);
  const { heads } = readCheckpoint(jws);
  const [[writer, head] = assert.fail()] = Object.entries(heads);
  const cut = new DatabaseSync(storeFile(services));
  cut.prepare('DELETE FROM audit WHERE writer = ? AND seq >= ?').run(writer, head.seq);
  cut.close();
  const found = await verifyStore(services, auditor);
  assert.equal(found.ok, false);
  assert.equal(found.firstBad?.seq, head.seq);
});

test('pages are capped', async (t) => {
  const services = await testServices(t);
  const events = Array.from({ length: 210 }, () => draft(auditor, 'decision.made', 'success'));
  await services.store.write({ changes: [], events });
  const page = await queryAudit(services, { limit: 1000 });
  assert.equal(page.items.length, 200);
  assert.equal(
    (await queryAudit(services, { limit: 200, ...(page.next === null ? {} : { cursor: page.next }) })).items.length,
    10,
  );
});

test('refusals of one cause within a minute become one event and one with their count', async (t) => {
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const services = await testServices(t, { clock });
  const refusal = { error: 'forbidden', endpoint: 'GET /api/v1/people' };
  for (let round = 0; round < 5; round += 1) await recordRefusal(services, auditor, refusal);
  await recordRefusal(services, auditor, { ...refusal, error: 'cross-site' });
  clock.advance(61_000);
  await recordRefusal(services, auditor, refusal);
  const { items } = await queryAudit(services, { order: 'oldest' });
  assert.deepEqual(
    items.map(({ detail }) => [detail?.error, detail?.count]),
    [
      ['forbidden', undefined],
      ['cross-site', undefined],
      ['forbidden', 4],
      ['forbidden', undefined],
    ],
  );
});
