/** Every way to tamper with an export, and which record is named for it (contract.md, "Audit event"). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AuditEvent } from '#domain/audit/event.ts';
import { verifyExport } from '#domain/audit/verify.ts';
import { chain, rechained, rehashed, stream } from './chain.ts';

const whole = chain('a', 12);
const head = { a: { seq: 10, hash: whole[9]?.hash ?? '' } };
const at = '2026-01-01T00:01:00.000Z';

function changed(seq: number, change: (event: AuditEvent) => AuditEvent): AuditEvent[] {
  return whole.map((event) => (event.seq === seq ? change(event) : event));
}

function of(seq: number): AuditEvent {
  const event = whole[seq - 1];
  assert.ok(event !== undefined);
  return event;
}

const edit = (event: AuditEvent): AuditEvent => ({ ...event, outcome: 'denied' });

/** What was done; what the export is then; the record that is named. */
const tamperings: [string, AuditEvent[], number][] = [
  ['a field is changed', changed(5, edit), 5],
  ['a field is changed in the first record', changed(1, edit), 1],
  ['a field is changed in the last record', changed(12, edit), 12],
  ['a field is added', changed(5, (event) => ({ ...event, system: 'erp' })), 5],
  ['the hash is changed', changed(5, (event) => ({ ...event, hash: 'f'.repeat(64) })), 5],
  ['prev is changed', changed(5, (event) => ({ ...event, prev: of(2).hash })), 5],
  ['a field is changed and the record hashed anew', changed(5, (event) => rehashed(edit(event))), 5],
  ['the same with the last but one', changed(11, (event) => rehashed(edit(event))), 11],
  [
    'a record is replaced by a forged one with a prev of its own',
    changed(5, (event) => rehashed({ ...edit(event), prev: 'e'.repeat(64) })),
    5,
  ],
  ['a record is removed', whole.filter(({ seq }) => seq !== 5), 5],
  ['two records are removed', whole.filter(({ seq }) => seq !== 5 && seq !== 8), 5],
  ['the first record is removed', whole.slice(1), 1],
  ['the head is cut', whole.slice(4), 1],
  ['two records change places', changed(4, () => of(8)).map((event, place) => (place === 7 ? of(4) : event)), 4],
  ['two neighbours change places', [...whole.slice(0, 4), of(6), of(5), ...whole.slice(6)], 5],
  [
    'two records swap their contents',
    changed(4, () => ({ ...of(8), seq: 4 })).map((event) => (event.seq === 8 ? { ...of(4), seq: 8 } : event)),
    4,
  ],
  ['a copy is inserted', [...whole.slice(0, 8), of(3), ...whole.slice(8)], 3],
  ['a copy is appended', [...whole, of(3)], 3],
  [
    'a record is inserted under a number that is taken',
    [...whole.slice(0, 5), rehashed(edit(of(5))), ...whole.slice(5)],
    5,
  ],
  [
    'the chain is numbered anew around a hole',
    rechained(
      whole.filter(({ seq }) => seq !== 5),
      6,
    ),
    5,
  ],
  ['a personal part is changed', changed(6, (event) => ({ ...event, personal: { ip: '8.8.8.8' } })), 6],
  [
    'a personal part is added',
    changed(5, (event) => ({ ...event, personal: { ip: '8.8.8.8' }, personalSalt: '00' })),
    5,
  ],
  ['the salt alone is taken away', changed(6, (event) => ({ ...event, personalSalt: null })), 6],
  ['the personal part alone is taken away', changed(6, (event) => ({ ...event, personal: null })), 6],
  ['the digest is taken away', changed(6, ({ personalDigest: _digest, ...event }) => event), 6],
  ['a number is no number', changed(5, (event) => ({ ...event, seq: Number.NaN })), 5],
];

for (const [title, events, seq] of tamperings) {
  test(`${title}: record ${seq} is named`, async () => {
    const result = await verifyExport(stream(events));
    assert.equal(result.ok, false);
    assert.equal(result.firstBad?.writer, 'a');
    assert.equal(result.firstBad?.seq, seq, result.firstBad?.reason);
  });
}

test('an untouched export is right, with its writers mixed and with personal parts erased', async () => {
  const other = chain('b', 5);
  const mixed = [...whole.slice(0, 3), ...other.slice(0, 2), ...whole.slice(3), ...other.slice(2)];
  assert.deepEqual(await verifyExport(stream(mixed)), { ok: true, events: 17, writers: 2 });
  const erased = whole.map((event) =>
    event.personalDigest === undefined ? event : { ...event, personal: null, personalSalt: null },
  );
  assert.deepEqual(await verifyExport(stream(erased)), { ok: true, events: 12, writers: 1 });
  assert.deepEqual(await verifyExport(stream([])), { ok: true, events: 0, writers: 0 });
});

test('it is the same after a journey through JSON lines', async () => {
  const lines = whole.map((event) => JSON.parse(JSON.stringify(event)) as AuditEvent);
  assert.equal((await verifyExport(stream(lines), { checkpoint: { heads: head, at } })).ok, true);
});

/** What a checkpoint adds: what was cut from the end or written anew as a whole. */
const againstCheckpoint: [string, AuditEvent[], number][] = [
  ['the tail is cut before the checkpoint', whole.slice(0, 7), 8],
  ["yesterday's copy is put in place", whole.slice(0, 2), 3],
  ['everything is gone', [], 1],
  ['the chain is rewritten from a record on', rechained(changed(4, edit), 4), 10],
  ['the record the checkpoint names is removed', whole.filter(({ seq }) => seq !== 10), 10],
];
for (const [title, events, seq] of againstCheckpoint) {
  test(`${title}: found by a checkpoint, record ${seq} is named`, async () => {
    const result = await verifyExport(stream(events), { checkpoint: { heads: head, at } });
    assert.equal(result.ok, false);
    assert.deepEqual([result.firstBad?.writer, result.firstBad?.seq], ['a', seq], result.firstBad?.reason);
  });
}

test('a tail cut after the checkpoint is outside the promise', async () => {
  assert.equal((await verifyExport(stream(whole.slice(0, 10)), { checkpoint: { heads: head, at } })).ok, true);
});

test('of several broken writers the alphabetically first is named', async () => {
  const events = [...chain('z', 5), ...chain('m', 5), ...chain('b', 5)].filter(
    ({ writer, seq }) => !(writer === 'z' && seq === 1) && !(writer === 'm' && seq === 4),
  );
  const result = await verifyExport(stream(events));
  assert.deepEqual([result.writers, result.firstBad?.writer, result.firstBad?.seq], [3, 'm', 4]);
});

test('an export cut at its start verifies when that is said', async () => {
  assert.equal((await verifyExport(stream(whole.slice(4)))).firstBad?.seq, 1);
  assert.deepEqual(await verifyExport(stream(whole.slice(4)), { partial: true, checkpoint: { heads: head, at } }), {
    ok: true,
    events: 8,
    writers: 1,
  });
  const broken = changed(7, edit).slice(4);
  assert.equal((await verifyExport(stream(broken), { partial: true })).firstBad?.seq, 7);
});

test('things that are no events are faults, not crashes', async () => {
  for (const thing of [
    null,
    1,
    'x',
    [],
    {},
    { writer: 5 },
    { writer: 'a', seq: 1 },
    { writer: 'a', seq: 1, hash: '\ud800' },
  ]) {
    const result = await verifyExport(stream([thing as unknown as AuditEvent]));
    assert.equal(result.ok, false, JSON.stringify(thing));
  }
});

test('whatever single record is touched, in whichever field, it is found under its number', async () => {
  const place = fc.integer({ min: 1, max: 12 });
  const field = fc.constantFrom('id', 'at', 'type', 'outcome', 'actor', 'detail', 'prev', 'hash', 'writer2');
  await fc.assert(
    fc.asyncProperty(place, field, fc.jsonValue(), async (seq, name, value) => {
      const before = Object.entries(of(seq)).find(([key]) => key === name)?.[1];
      fc.pre(JSON.stringify(before) !== JSON.stringify(value));
      const result = await verifyExport(stream(changed(seq, (event) => ({ ...event, [name]: value }) as AuditEvent)));
      assert.equal(result.firstBad?.seq, seq);
    }),
  );
});
