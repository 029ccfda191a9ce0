import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvColumns, csvRow } from '#actions/audit/csv.ts';
import type { AuditEvent } from '#domain/audit/event.ts';

const event: AuditEvent = {
  id: 'e1',
  writer: 'w1',
  seq: 7,
  at: '2026-01-02T03:04:05.006Z',
  type: 'person.changed',
  outcome: 'success',
  actor: { kind: 'person', id: 'p1' },
  subject: { id: 'p2' },
  detail: { reason: 'moved' },
  after: { status: 'active' },
  personal: { actor: 'Ada', subject: 'Bo', ip: '::1', after: { department: 'Sales' } },
  prev: '0',
  hash: 'f',
};

test('a row holds every column as text, personal parts beside the others', () => {
  const row = csvRow(event);
  assert.deepEqual(Object.keys(row).sort(), [...csvColumns].sort());
  assert.equal(row.seq, '7');
  assert.equal(row.actorName, 'Ada');
  assert.equal(row.detail, '{"reason":"moved"}');
  assert.equal(row.after, '{"status":"active","department":"Sales"}');
  assert.equal(row.before, '');
});

test('an erased event has empty personal cells', () => {
  const { personal, ...rest } = event;
  const row = csvRow({ ...rest, personalSalt: null });
  assert.equal(row.actorName, '');
  assert.equal(row.actorId, 'p1');
});
