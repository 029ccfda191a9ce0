/** Matching and accepting as work that no request waits for: cut off, taken over, given up, and each thing done exactly once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPerson } from '#actions/people/create.ts';
import { parts } from '#actions/people/import/parts.ts';
import type { Services } from '#actions/services.ts';
import { requestAccepting } from '#actions/unify/accept-sure.ts';
import { fenceOf, LostJob } from '#actions/unify/jobs/fence.ts';
import { scheduleUnifications } from '#actions/unify/jobs/schedule.ts';
import { jobDone } from '#actions/unify/jobs/wait.ts';
import { requestMatch } from '#actions/unify/match.ts';
import { removeUnification } from '#actions/unify/remove.ts';
import { startUnification } from '#actions/unify/start.ts';
import type { HubError } from '#domain/errors.ts';
import { links, type Proposal, people, proposals, unifications, unifyFiles, unifyJobs } from '#storage/collections.ts';
import { eventsOf, operator } from '#test/actions/people/support.ts';
import { makeCompany } from '#test/support/companies/company.ts';
import { storeOfThisPass } from '#test/support/store.ts';
import { accepted, matched, matchFiles, twoSystems } from './support.ts';

const refused = (code: string) => (fault: HubError) => fault.code === code;
const file = (text: string) => ({ name: 'x.csv', bytes: Buffer.from(text) });

async function company(services: Services, size: number) {
  const made = makeCompany(size, 5);
  return startUnification(services, operator, { files: { crm: file(made.crm), erp: file(made.erp) } });
}

/** A matched unification of so many sure pairs, as the matcher keeps them. */
async function sureOnes(services: Services, count: number): Promise<string> {
  const { id, version, ...record } = await company(services, 20);
  const row = (list: 'crm' | 'erp', at: number): Proposal['rows'][number] => {
    const cells = { login: `${list}.${at}@f.example`, name: `Person ${at}`, number: `${at}` };
    return { list, at, id: `${at}`, line: at + 2, cells };
  };
  for (const part of parts([...Array(count).keys()], 500)) {
    await services.store.write({
      changes: part.map((at) => {
        const data: Proposal = {
          unification: id,
          kind: 'sure',
          state: 'open',
          score: 1,
          reasons: [],
          rows: [row('crm', at), row('erp', at)],
          rowKeys: [`${id}:crm:${at}`, `${id}:erp:${at}`],
        };
        return { kind: 'insert', collection: proposals, id: `${id}:sure:${String(at).padStart(7, '0')}`, data };
      }),
    });
  }
  const data = { ...record, state: 'ready' };
  await services.store.write({
    changes: [{ kind: 'replace', collection: unifications, id, ifVersion: version, data }],
  });
  return id;
}

/** Waits until the job got so far; work goes on meanwhile. */
async function reached(services: Services, id: string, done: number): Promise<void> {
  for (;;) {
    const job = await services.store.get(unifyJobs, id);
    if ((job?.done ?? 0) >= done || job?.state === 'done') return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('thousands are accepted each exactly once, though the work is cut off and goes on elsewhere', async (t) => {
  const services = await twoSystems(t);
  // The database that stands in for MongoDB here is no fast one.
  const total = storeOfThisPass().HUB_STORE === undefined ? 5_000 : 300;
  const id = await sureOnes(services, total);
  const where = { unification: id, kind: 'sure' };
  await requestAccepting(services, operator, id, { reason: 'test' });
  await assert.rejects(requestAccepting(services, operator, id, { reason: 'twice' }), refused('conflict'));

  const first = scheduleUnifications(services);
  await reached(services, id, 1);
  await first.stop();
  const cut = await services.store.get(unifyJobs, id);
  assert.equal(cut?.state, 'waiting');
  assert.equal(await services.store.count(proposals, { ...where, state: 'accepted' }), cut?.done);

  const job = await jobDone(services, id);
  const taken = await services.store.count(proposals, { ...where, state: 'accepted' });
  assert.equal(job.done, taken);
  assert.ok(job.blocked === 0 && job.done === total, JSON.stringify(job));
  assert.equal(await services.store.count(people), taken);
  assert.equal(await services.store.count(links), 2 * taken);
  const events = await Array.fromAsync(services.store.audit.export({ type: 'person.created' }));
  assert.equal(events.length, taken);
  assert.deepEqual(await accepted(services, id), { accepted: 0, blocked: job.blocked }, 'again: nothing');
});

test('who was followed by another writes nothing any more', async (t) => {
  const services = await twoSystems(t);
  const { id } = await company(services, 20);
  await services.store.write({
    changes: [
      {
        kind: 'insert',
        collection: unifyJobs,
        id,
        data: {
          kind: 'match',
          state: 'running',
          run: 2,
          tries: 1,
          actor: { kind: 'operator' },
          done: 0,
          blocked: 0,
          total: 0,
          createdAt: 0,
          changedAt: 0,
        },
      },
    ],
  });
  const job = await services.store.get(unifyJobs, id);
  assert.ok(job !== undefined);
  const change = { kind: 'put', collection: proposals, id: `${id}:x`, data: {} } as const;
  await assert.rejects(fenceOf(services, { ...job, run: 1 }).write({ changes: [change] }, { done: 9 }), LostJob);
  assert.equal(await services.store.count(proposals), 0);
});

test('files that are forgotten while they are matched leave nothing behind', async (t) => {
  const services = await twoSystems(t);
  const record = await company(services, 400);
  await requestMatch(services, operator, record);
  const work = scheduleUnifications(services);
  t.after(() => work.stop());
  await reachedState(services, record.id, 'running');
  await removeUnification(services, operator, record.id);
  await work.stop();
  for (const collection of [unifications, unifyFiles, unifyJobs, proposals])
    assert.equal(await services.store.count(collection), 0, collection.name);
});

async function reachedState(services: Services, id: string, state: string): Promise<void> {
  while ((await services.store.get(unifyJobs, id))?.state !== state)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

test('work that brought the hub down three times is given up, with the files to be mapped again', async (t) => {
  const services = await twoSystems(t);
  const record = await company(services, 20);
  await requestMatch(services, operator, record);
  await services.store.write({
    changes: [{ kind: 'update', collection: unifyJobs, id: record.id, set: { state: 'running', tries: 3 } }],
  });
  await assert.rejects(jobDone(services, record.id), (fault: HubError) => /three tries/.test(fault.message));
  const now = await services.store.get(unifications, record.id);
  assert.equal(now?.state, 'mapping');
  assert.ok(now !== undefined);
  assert.equal((await matchFiles(services, now)).state, 'ready', 'and it can be asked for again');
});

test('whoever lost the right to change people has nothing accepted any more', async (t) => {
  const services = await twoSystems(t);
  const person = await createPerson(services, operator, { email: 'was.admin@f.example' });
  const { id } = await matched(
    services,
    ['1,anna.lis@f.example,anna.lis@f.example,Anna,Lis,Sales,7001,true'],
    ['LISA,"LIS, Anna",,Sales,00007001,Dialog'],
  );
  await requestAccepting(services, { actor: { kind: 'person', id: person.id } }, id, { reason: 'test' });
  await assert.rejects(jobDone(services, id), refused('conflict'));
  assert.equal((await services.store.get(unifyJobs, id))?.failure?.code, 'rights');
  assert.equal(await services.store.count(people), 1);
  assert.equal((await eventsOf(services, 'unification.decided')).length, 0);
});
