import assert from 'node:assert/strict';
import { verifyExport } from '#domain/audit/verify.ts';
import { HubError } from '#domain/errors.ts';
import { uuidv7 } from '#platform/ids.ts';
import { destroyPersonKey } from '#storage/audit/person-keys.ts';
import { people } from '#storage/collections.ts';
import type { AuditQuery, Engine } from '#storage/port.ts';
import type { MakeBed } from '../contract.ts';
import { event, person } from '../records.ts';
import { bedTests } from './with-bed.ts';

async function types(engine: Engine, query: AuditQuery): Promise<string[]> {
  return (await engine.audit.query({ order: 'oldest', ...query })).items.map(({ type }) => type);
}

/** Events: numbered, chained, sealed, found again. */
export function auditContract(name: string, make: MakeBed): void {
  const test = bedTests(name, make);

  test('events are numbered, dated and chained, and verify', async (bed, clock) => {
    await bed.engine.commit({ changes: [], events: [event(), event({ type: 'entry.granted', system: 'crm' })] });
    clock.advance(-3_600_000);
    await bed.engine.commit({ changes: [], events: [event({ personal: { ip: '10.0.0.1' } })] });
    const engine = await bed.reopen();
    await engine.commit({ changes: [], events: [event({ detail: { zß: [1, null, { a: 1e21 }] } })] });
    const items = (await engine.audit.query({ order: 'oldest' })).items;
    const [first, second, third, fourth] = items;
    assert.deepEqual(
      items.map(({ seq }) => seq),
      [1, 2, 3, 4],
    );
    assert.equal(new Set(items.map(({ writer }) => writer)).size, 1, 'the lane outlives a restart');
    assert.equal(first?.at, '2026-01-01T00:00:00.000Z');
    assert.equal(third?.at, first?.at, 'a clock set back does not date an event before the one before it');
    assert.equal(first?.prev, '0'.repeat(64));
    assert.equal(second?.prev, first?.hash);
    assert.deepEqual(third?.personal, { ip: '10.0.0.1' });
    assert.match(third?.personalSalt ?? '', /^[0-9a-f]{32}$/);
    assert.deepEqual(await verifyExport(engine.audit.export({})), { ok: true, events: 4, writers: 1 });
    const writer = fourth?.writer ?? '';
    assert.deepEqual(await engine.audit.heads(), { [writer]: { seq: 4, hash: fourth?.hash } });
  });

  test('queries go by person, system, via, session, type, outcome and time', async ({ engine }, clock) => {
    const ann = uuidv7(clock.now());
    const eve = uuidv7(clock.now());
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
    const drafts = [
      event({ type: 'signin.succeeded', actor: { kind: 'person', id: ann }, session: 's1' }),
      event({ type: 'entry.granted', actor: { kind: 'person', id: ann }, session: 's1', system: 'crm' }),
      event({ type: 'entry.granted', actor: { kind: 'person', id: ann }, session: 's1', system: 'erp', via: 'crm' }),
      event({ type: 'entry.denied', outcome: 'denied', actor: { kind: 'person', id: eve }, system: 'erp' }),
      event({ type: 'person.disabled', actor: { kind: 'operator' }, subject: { id: ann } }),
    ];
    for (const draft of drafts) {
      await engine.commit({ changes: [], events: [draft] });
      clock.advance(60_000);
    }
    assert.deepEqual(await types(engine, { person: ann }), [
      'signin.succeeded',
      'entry.granted',
      'entry.granted',
      'person.disabled',
    ]);
    assert.deepEqual(await types(engine, { person: ann, system: 'erp' }), ['entry.granted']);
    assert.deepEqual(await types(engine, { system: 'erp' }), ['entry.granted', 'entry.denied']);
    assert.deepEqual(await types(engine, { via: 'crm' }), ['entry.granted']);
    assert.deepEqual(await types(engine, { session: 's1', type: 'entry.' }), ['entry.granted', 'entry.granted']);
    assert.deepEqual(await types(engine, { type: 'entry.', outcome: 'denied' }), ['entry.denied']);
    assert.deepEqual(await types(engine, { type: 'entry.denied' }), ['entry.denied']);
    assert.deepEqual(await types(engine, { type: 'entry' }), []);
    assert.deepEqual(await types(engine, { since: at(3) }), ['entry.denied', 'person.disabled']);
    assert.deepEqual(await types(engine, { until: at(1) }), ['signin.succeeded']);
    assert.deepEqual(await types(engine, { since: at(1), until: at(4), person: ann }), [
      'entry.granted',
      'entry.granted',
    ]);
    assert.deepEqual(await types(engine, { order: 'newest', limit: 2 }), ['person.disabled', 'entry.denied']);
    const exported = await Array.fromAsync(engine.audit.export({ person: eve }));
    assert.deepEqual(
      exported.map(({ type }) => type),
      ['entry.denied'],
    );
    await assert.rejects(engine.audit.query({ since: 'yesterday' }), HubError);
  });

  test('a long record is searched whole, however it was indexed', async ({ engine }) => {
    const of = (n: number) => (n % 97 === 0 ? 'rare' : n % 2 === 0 ? 'even' : 'odd');
    let n = 0;
    for (const size of [1, 3, 700, 1500, 2, 900]) {
      const events = Array.from({ length: size }, () => event({ system: of(n), detail: { n: n++ } }));
      await engine.commit({ changes: [], events });
      await engine.audit.query({ system: 'nobody' });
    }
    const all = Array.from({ length: n }, (_, at) => at);
    for (const system of ['rare', 'even']) {
      const expected = all.filter((at) => of(at) === system);
      const exported = await Array.fromAsync(engine.audit.export({ system }));
      assert.deepEqual(
        exported.map(({ detail }) => detail?.n),
        expected,
      );
      for (const order of ['newest', 'oldest'] as const) {
        const found: unknown[] = [];
        let cursor: string | null = null;
        do {
          const next: object = cursor === null ? {} : { cursor };
          const page = await engine.audit.query({ system, order, limit: Math.min(1000, 7 + found.length), ...next });
          found.push(...page.items.map(({ detail }) => detail?.n));
          cursor = page.next;
        } while (cursor !== null);
        assert.deepEqual(found, order === 'oldest' ? expected : expected.reverse());
        expected.sort((a, b) => a - b);
      }
    }
    assert.equal((await Array.fromAsync(engine.audit.export({}))).length, n);
  });

  test('pages of the record follow one another, either way', async ({ engine }) => {
    for (let n = 0; n < 6; n++) {
      await engine.commit({
        changes: [],
        events: [event({ detail: { n: 2 * n }, system: 'crm' }), event({ detail: { n: 2 * n + 1 } })],
      });
    }
    for (const order of ['newest', 'oldest'] as const) {
      for (const query of [{}, { system: 'crm' }]) {
        const seen: unknown[] = [];
        let cursor: string | null = null;
        do {
          const page: Awaited<ReturnType<Engine['audit']['query']>> = await engine.audit.query({
            ...query,
            order,
            limit: 4,
            ...(cursor === null ? {} : { cursor }),
          });
          seen.push(...page.items.map(({ detail }) => detail?.n));
          cursor = page.next;
        } while (cursor !== null);
        const expected = Array.from({ length: 12 }, (_, n) => n).filter(
          (n) => query.system === undefined || n % 2 === 0,
        );
        assert.deepEqual(seen, order === 'oldest' ? expected : expected.reverse());
      }
    }
    const page = await engine.audit.query({ limit: 1 });
    await assert.rejects(
      engine.audit.query({ system: 'crm', ...(page.next === null ? {} : { cursor: page.next }) }),
      HubError,
    );
  });

  test('destroying a key makes what it sealed unreadable for good, and everything still verifies', async (bed, clock) => {
    const ann = uuidv7(clock.now());
    const bob = uuidv7(clock.now());
    const about = (id: string) =>
      event({ type: 'person.changed', subject: { id }, personal: { subject: `name of ${id}` } });
    await bed.engine.commit({
      changes: [{ kind: 'insert', collection: people, id: ann, data: person('ann') }],
      events: [about(ann), about(bob), about(ann)],
    });
    await bed.engine.commit({
      changes: [destroyPersonKey(ann, clock.now())],
      events: [{ ...about(ann), type: 'person.erased' }],
    });
    await bed.engine.commit({ changes: [], events: [about(ann), about(bob)] });
    for (const open of [() => bed.engine, () => bed.reopen()]) {
      const engine = await open();
      const { items } = await engine.audit.query({ person: ann, order: 'oldest' });
      assert.deepEqual(
        items.map(({ personal }) => personal),
        [null, null, null, null],
      );
      assert.deepEqual(
        items.map(({ personalSalt }) => personalSalt),
        [null, null, null, null],
      );
      const others = (await engine.audit.query({ person: bob })).items;
      assert.deepEqual(
        others.map(({ personal }) => personal),
        Array(2).fill({ subject: `name of ${bob}` }),
      );
      assert.equal((await verifyExport(engine.audit.export({}))).ok, true);
    }
  });

  test('the subject of an act holds the key of its record, whoever did it; systems and codes are nobody', async (bed, clock) => {
    const { engine } = bed;
    const ann = uuidv7(clock.now());
    const admin = uuidv7(clock.now());
    const personal = { ip: '10.0.0.1' };
    const actor = { kind: 'person', id: admin } as const;
    await engine.commit({
      changes: [],
      events: [
        event({ actor, subject: { id: ann }, personal }),
        event({ actor, subject: { id: 'crm' }, personal }),
        event({ actor: { kind: 'system', id: 'crm' }, personal }),
      ],
    });
    await engine.commit({ changes: [destroyPersonKey(ann, clock.now())] });
    const read = async () => (await engine.audit.query({ order: 'oldest' })).items.map((item) => item.personal);
    assert.deepEqual(await read(), [null, personal, personal]);
    await engine.commit({ changes: [destroyPersonKey(admin, clock.now())] });
    assert.deepEqual(await read(), [null, null, personal]);
  });
}
