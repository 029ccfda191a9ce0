/** A store as a whole into another engine: everything, however often interrupted, and proved. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { draft, type Origin } from '#domain/audit/event.ts';
import { verifyExport } from '#domain/audit/verify.ts';
import { systemClock } from '#platform/clock.ts';
import { createSealer } from '#platform/seal.ts';
import type { Collection } from '#storage/collection.ts';
import { credentials, grants, leases, meta, people, sessions } from '#storage/collections.ts';
import { openMongo } from '#storage/mongodb/engine.ts';
import {
  assertWhole,
  CopyDiffers,
  copyAll,
  copyBegun,
  proveSame,
  TargetNotEmpty,
  UnfinishedCopy,
} from '#storage/moving/copy.ts';
import type { Movable } from '#storage/serving.ts';
import { mongoName, mongoStore } from '#test/support/mongo.ts';
import { aPerson } from '#test/support/records.ts';
import { newFile, open } from '../sqlite-bed.ts';

/** Opens one store again and again, as processes do one after the other. */
type Opens = () => Promise<Movable>;
type Maker = (t: TestContext) => Promise<Opens | undefined>;

const sqlite: Maker = async () => {
  const file = newFile();
  return () => open(file);
};

const mongo: Maker = async (t) => {
  const url = await mongoStore(t);
  return url === undefined
    ? undefined
    : () => openMongo({ url, clock: systemClock, seal: createSealer('a secret for tests') });
};

const operator: Origin = { actor: { kind: 'operator' } };
const ana = '01900000-0000-7000-8000-000000000001';
const now = Date.now();

async function using<R>(opens: Opens, work: (engine: Movable) => Promise<R>): Promise<R> {
  const engine = await opens();
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

const side = (engine: Movable) => ({ engine, moving: engine.moving() });

/** A company of some hundred people, with what lives shortly, versions above 1, odd ids and a record of a hundred events. */
async function fill(engine: Movable, parts = 6): Promise<void> {
  for (let part = 0; part < parts; part++) {
    const changes = Array.from({ length: 110 }, (_, row) => {
      const email = `p${part}-${row}@x.example`;
      return { kind: 'insert' as const, collection: people, id: `p-${part}-${row}`, data: aPerson({ email }) };
    });
    const events = Array.from({ length: 20 }, (_, n) =>
      draft(operator, 'person.changed', 'success', {
        subject: { id: ana },
        detail: { n },
        personal: { subject: 'Ana 安娜' },
      }),
    );
    await engine.commit({ changes, events });
  }
  const record = { payload: { a: [1, 2.5, null, 'ż'] }, account: ana };
  await engine.commit({
    changes: [
      { kind: 'update', collection: people, id: 'p-0-0', set: { department: 'Sales' } },
      { kind: 'put', collection: meta, id: 'epoch', data: { number: 3, 'a.b$c': { 'x.y': 1 } } },
      { kind: 'put', collection: leases, id: 'outbox', data: { holder: 'somebody', until: 1 } },
      { kind: 'insert', collection: grants, id: 'żółw-𝒳', data: record, expiresAt: now + 3_600_000 },
      { kind: 'insert', collection: grants, id: 'ordinary', data: record, expiresAt: now + 3_600_000 },
      { kind: 'insert', collection: grants, id: '𝒳-first?', data: record },
      { kind: 'insert', collection: grants, id: 'gone', data: record, expiresAt: now - 1000 },
      {
        kind: 'insert',
        collection: sessions,
        id: 's',
        data: { payload: {}, account: ana, uid: 'u', startedAt: 1, seenAt: 2, endsAt: 3, 'grant:crm.x': 'g' },
        expiresAt: now + 3_600_000,
      },
    ],
  });
}

class Interrupted extends Error {}

/** Copies, cut off after so many batches. */
async function copyOnce(source: Opens, target: Opens, batches = Number.POSITIVE_INFINITY): Promise<void> {
  await using(source, (from) =>
    using(target, async (to) => {
      const begun = await copyBegun(side(from), side(to));
      let left = batches;
      await copyAll(side(from), side(to), begun, () => {
        if (left-- === 0) throw new Interrupted();
      });
    }),
  );
}

function movingSuite(title: string, makeSource: Maker, makeTarget: Maker): void {
  describe(title, () => {
    test('carries everything, however often it is interrupted, and both sides are the same', async (t) => {
      const [source, target] = [await makeSource(t), await makeTarget(t)];
      if (source === undefined || target === undefined) return;
      await using(source, (engine) => fill(engine));
      let cuts = 0;
      for (let done = false; !done; ) {
        done = await copyOnce(source, target, 1).then(
          () => true,
          (error: unknown) => {
            assert.ok(error instanceof Interrupted, String(error));
            cuts += 1;
            return false;
          },
        );
        if (done) break;
        await using(target, async (engine) => assert.rejects(assertWhole(engine.moving(), 'x'), UnfinishedCopy));
      }
      assert.ok(cuts >= 3, `cut off ${cuts} times`);
      await using(source, (from) =>
        using(target, async (to) => {
          const proof = await proveSame(from.moving(), to.moving(), now);
          assert.equal(proof.collections.find(({ name }) => name === 'people')?.count, 660);
          assert.equal(proof.collections.find(({ name }) => name === 'grants')?.count, 3);
          assert.equal(proof.audit.count, 120);
          assert.deepEqual(Object.keys(await to.audit.heads()).sort(), Object.keys(await from.audit.heads()).sort());
          assert.equal((await verifyExport(to.audit.export({}))).ok, true);
          const page = await to.audit.query({ person: ana, limit: 1 });
          assert.deepEqual(page.items[0]?.personal, { subject: 'Ana 安娜' });
          const changed = await to.get(people, 'p-0-0');
          assert.deepEqual([changed?.version, changed?.department], [2, 'Sales']);
          assert.equal((await to.find(people, { where: { department: 'Sales' } })).items.length, 1, 'found by index');
          assert.equal((await to.get(sessions, 's'))?.['grant:crm.x'], 'g');
          assert.equal(await to.get(leases, 'outbox'), undefined);
          await to.moving().clearMark();
        }),
      );
      // It serves: commits go on behind what came along, and the chains still verify.
      await using(target, async (engine) => {
        const event = draft(operator, 'person.changed', 'success', {
          subject: { id: ana },
          personal: { subject: 'x' },
        });
        await engine.commit({ changes: [{ kind: 'remove', collection: people, id: 'p-0-1' }], events: [event] });
        const { ok, events } = await verifyExport(engine.audit.export({}));
        assert.deepEqual([ok, events], [true, 121]);
      });
    });

    test('a target that holds something else is refused, and one that differs is found', async (t) => {
      const [source, target] = [await makeSource(t), await makeTarget(t)];
      if (source === undefined || target === undefined) return;
      await using(source, (engine) =>
        engine.commit({
          changes: [{ kind: 'insert', collection: people, id: 'a', data: aPerson() }],
          events: [draft(operator, 'person.created', 'success', { subject: { id: ana } })],
        }),
      );
      await copyOnce(source, target);
      const change = (collection: Collection, id: string, data: object) =>
        using(target, (engine) => engine.commit({ changes: [{ kind: 'put', collection, id, data }] }));
      await change(credentials, 'a:password', { person: 'a', kind: 'password', hash: 'x', createdAt: 1, changedAt: 1 });
      await using(source, (from) =>
        using(target, async (to) => {
          await assert.rejects(proveSame(from.moving(), to.moving(), now), (error: unknown) => {
            return error instanceof CopyDiffers && /in credentials \(0 here, 1 there\);/.test(error.message);
          });
          await to.moving().clearMark();
          await assert.rejects(copyBegun(side(from), side(to)), TargetNotEmpty);
        }),
      );
    });

    test('an unfinished copy of what the source was before is not gone on with', async (t) => {
      const [source, target] = [await makeSource(t), await makeTarget(t)];
      if (source === undefined || target === undefined) return;
      await using(source, (engine) => fill(engine, 1));
      await assert.rejects(copyOnce(source, target, 1), Interrupted);
      await using(source, (engine) =>
        engine.commit({ changes: [], events: [draft(operator, 'person.changed', 'success', {})] }),
      );
      await assert.rejects(copyOnce(source, target), TargetNotEmpty);
    });
  });
}

movingSuite('from the embedded store to another', sqlite, sqlite);
movingSuite(`from the embedded store to MongoDB (${mongoName() ?? 'none here'})`, sqlite, mongo);
movingSuite(`from MongoDB (${mongoName() ?? 'none here'}) to the embedded store`, mongo, sqlite);
