/** A stored unification: matching, accepting in bulk and one by one, undoing, the report. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectiveAccess } from '#actions/access/effective.ts';
import { changePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { decideProposal } from '#actions/unify/decide.ts';
import { lookAtFiles } from '#actions/unify/match.ts';
import { removeUnification } from '#actions/unify/remove.ts';
import { reportOf } from '#actions/unify/report.ts';
import { startUnification } from '#actions/unify/start.ts';
import { undoProposal } from '#actions/unify/undo.ts';
import type { HubError } from '#domain/errors.ts';
import { links, people, proposals, unifications, unifyFiles } from '#storage/collections.ts';
import { eventsOf, operator } from '#test/actions/people/support.ts';
import { accepted, linksOf, matched, matchFiles, proposalsOf, twoSystems } from './support.ts';

const anna = '1,anna.lis@f.example,anna.lis@f.example,Anna,Lis,Sales,7001,true';
const annaErp = 'LISA,"LIS, Anna",,Sales,00007001,Dialog';
const twoOlgas = [
  '2,olga.kern@f.example,olga.kern@f.example,Olga,Kern,Sales,,true',
  '3,o.kern@f.example,o.kern@f.example,Olga,Kern,Sales,,true',
];
const olgaErp = 'KERNO,Olga Kern,,Sales,00007002,Dialog';
const refused = (code: string) => (fault: HubError) => fault.code === code;

test('a sure pair becomes one account with a link per system and the login known there', async (t) => {
  const services = await twoSystems(t);
  const record = await matched(services, [anna], [annaErp]);
  assert.equal(record.state, 'ready');
  assert.equal(await services.store.count(unifyFiles, { unification: record.id }), 0, 'the files are gone');
  assert.deepEqual(await accepted(services, record.id), { accepted: 1, blocked: 0 });
  const [proposal] = await proposalsOf(services, record.id, 'sure');
  const id = proposal?.effect?.person ?? '';
  const person = await services.store.get(people, id);
  assert.deepEqual(
    [person?.email, person?.name, person?.employeeNumber, person?.department, person?.status],
    ['anna.lis@f.example', 'Anna Lis', '7001', 'Sales', 'active'],
  );
  const own = await linksOf(services, id);
  assert.deepEqual([own.crm?.login, own.erp?.login], ['anna.lis@f.example', 'LISA']);
  assert.equal(proposal?.effect?.taken.employeeNumber, 'erp');
  const { systems } = await effectiveAccess(services, id);
  assert.equal(systems.get('erp')?.claims.preferred_username, 'LISA');
  assert.deepEqual(await accepted(services, record.id), { accepted: 0, blocked: 0 }, 'again: nothing');
  const types = (await eventsOf(services)).map(({ type }) => type);
  for (const type of [
    'unification.started',
    'unification.matched',
    'person.created',
    'person.merged',
    'unification.decided',
  ])
    assert.equal(types.filter((one) => one === type).length, 1, type);
  assert.equal(types.filter((type) => type === 'person.linked').length, 2);
});

test('an account that is there is met by number or address, keeps its own values and takes what it lacks', async (t) => {
  const services = await twoSystems(t);
  const known = await createPerson(services, operator, {
    email: 'a.lis@home.example',
    employeeNumber: '7001',
    name: 'A. Lis',
  });
  const record = await matched(services, [anna], [annaErp]);
  await accepted(services, record.id);
  const person = await services.store.get(people, known.id);
  assert.deepEqual([person?.email, person?.name, person?.department], ['a.lis@home.example', 'A. Lis', 'Sales']);
  assert.equal((await linksOf(services, known.id)).crm?.login, 'anna.lis@f.example');
});

test('what stands in the way is told, and the rest goes on', async (t) => {
  const services = await twoSystems(t);
  await createPerson(services, operator, { email: 'x@home.example', employeeNumber: '7001' });
  await createPerson(services, operator, { email: 'anna.lis@f.example', employeeNumber: '8000' });
  const other = '4,ivo.hart@f.example,ivo.hart@f.example,Ivo,Hart,IT,7004,true';
  const record = await matched(services, [anna, other], [annaErp, 'HARTI,Ivo Hart,,IT,00007004,Dialog']);
  assert.deepEqual(await accepted(services, record.id), { accepted: 1, blocked: 1 });
  const open = (await proposalsOf(services, record.id, 'sure')).find(({ state }) => state === 'open');
  assert.equal(open?.obstacle?.code, 'two-accounts');
  await assert.rejects(
    decideProposal(services, operator, record.id, open?.id ?? '', { same: true }),
    refused('conflict'),
  );
});

test('a doubt is decided once; of two admins the second is told', async (t) => {
  const services = await twoSystems(t);
  const record = await matched(services, twoOlgas, [olgaErp]);
  const doubts = await proposalsOf(services, record.id, 'doubt');
  assert.equal(doubts.length, 2);
  const [first, second] = doubts;
  const version = { ifVersion: first?.version };
  const decide = (same: boolean) =>
    decideProposal(services, operator, record.id, first?.id ?? '', { same, ...version });
  const tries = await Promise.allSettled([decide(true), decide(true), decide(false)]);
  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const one of tries) if (one.status === 'rejected') assert.equal(one.reason.code, 'stale');
  const left = await services.store.get(proposals, second?.id ?? '');
  const now = await services.store.get(proposals, first?.id ?? '');
  if (now?.state === 'accepted') assert.equal(left?.state, 'settled');
  assert.equal((await eventsOf(services, 'unification.decided')).length, 1);
});

test('rows that stay apart become rows that stand alone, and can have an account too', async (t) => {
  const services = await twoSystems(t);
  const record = await matched(services, twoOlgas, [olgaErp]);
  for (const { id } of await proposalsOf(services, record.id, 'doubt'))
    await decideProposal(services, operator, record.id, id, { same: false, reason: 'asked them' });
  assert.equal((await proposalsOf(services, record.id, 'alone')).length, 3);
  const done = await accepted(services, record.id, 'alone');
  assert.deepEqual(done, { accepted: 3, blocked: 0 });
  assert.equal(await services.store.count(people), 3);
});

test('two who turn two doubts about one row away at once leave it standing alone', async (t) => {
  for (let round = 0; round < 5; round += 1) {
    const services = await twoSystems(t);
    const record = await matched(services, twoOlgas, [olgaErp]);
    const doubts = await proposalsOf(services, record.id, 'doubt');
    await Promise.all(doubts.map(({ id }) => decideProposal(services, operator, record.id, id, { same: false })));
    assert.equal((await proposalsOf(services, record.id, 'alone')).length, 3);
  }
});

test('undoing splits the account: links move with their sub, fields come back save what changed since', async (t) => {
  const services = await twoSystems(t);
  const known = await createPerson(services, operator, { email: 'anna.lis@f.example' });
  const record = await matched(services, [anna], [annaErp]);
  await accepted(services, record.id);
  const before = await linksOf(services, known.id);
  await changePerson(services, operator, known.id, { department: 'Marketing' });
  const [proposal] = await proposalsOf(services, record.id, 'sure');
  const undone = await undoProposal(services, operator, record.id, proposal?.id ?? '', { reason: 'two people' });
  assert.deepEqual(undone.effect?.kept, ['department']);
  const person = await services.store.get(people, known.id);
  assert.deepEqual(
    [person?.employeeNumber, person?.department, person?.familyName],
    [undefined, 'Marketing', undefined],
  );
  const [other = ''] = undone.effect?.split ?? [];
  const [own, moved] = [await linksOf(services, known.id), await linksOf(services, other)];
  assert.deepEqual([own.crm, own.erp], [before.crm, undefined]);
  assert.deepEqual(moved.erp, before.erp, 'the same link, login and sub');
  const split = await services.store.get(people, other);
  assert.deepEqual([split?.username, split?.employeeNumber], ['LISA', '7001']);
  await assert.rejects(undoProposal(services, operator, record.id, proposal?.id ?? ''), refused('conflict'));
  assert.equal((await eventsOf(services, 'person.unmerged')).length, 1);
});

test('undoing an account made for one row leaves it disabled', async (t) => {
  const services = await twoSystems(t);
  const record = await matched(services, [anna], ['WUW,吴伟,,,00007009,Dialog']);
  await accepted(services, record.id, 'alone');
  const [proposal] = await proposalsOf(services, record.id, 'alone');
  await undoProposal(services, operator, record.id, proposal?.id ?? '');
  assert.equal((await services.store.get(people, proposal?.effect?.person ?? ''))?.status, 'disabled');
});

test('who is not in the directory, or has left, comes in disabled and stands in the report', async (t) => {
  const services = await twoSystems(t);
  const record = await matched(
    services,
    [anna, '5,eva.rot@f.example,eva.rot@f.example,Eva,Rot,Sales,7005,true'],
    [
      annaErp,
      'ROTE,Eva Rot,,Sales,00007005,Dialog',
      'RFC_1,Interface CRM,,,,System',
      'ADM_LISA,Anna Lis (Admin),anna.lis@f.example,,,Dialog',
    ],
    ['anna.lis@f.example,Anna Lis,Anna,Lis,Sales,7001,active'],
  );
  await accepted(services, record.id);
  const [eva] = (await services.store.find(people, { where: { logins: 'eva.rot@f.example' } })).items;
  assert.equal(eva?.status, 'disabled');
  const report = await reportOf(services, record.id);
  assert.deepEqual(report.leavers.map(({ id }) => id).toSorted(), ['5', 'ROTE']);
  assert.deepEqual(
    report.technical.map(({ id }) => id),
    ['RFC_1'],
  );
  assert.deepEqual(report.duplicates.map(({ id }) => id).toSorted(), ['ADM_LISA', 'LISA']);
  assert.deepEqual(report.orphans, []);
  const [link] = (await services.store.find(links, { where: { system: 'erp', login: 'LISA' } })).items;
  assert.notEqual(link, undefined, 'the first account is linked, not the second');
});

test('a file that cannot be used is told by line, and nothing is kept', async (t) => {
  const services = await twoSystems(t);
  const file = (text: string) => ({ name: 'x.csv', bytes: Buffer.from(text) });
  const record = await startUnification(services, operator, {
    files: { crm: file('Kto;Mail\n1;a@f.example\n1;b@f.example'), erp: file('User,Full Name\nA,Anna Lis') },
  });
  const files = await lookAtFiles(services, record);
  assert.match(files.crm.faults[0]?.message ?? '', /no column with an id/);
  await assert.rejects(matchFiles(services, record), refused('invalid'));
  const mapped = { crm: { map: { id: 'Kto' } } };
  await assert.rejects(matchFiles(services, record, mapped), (fault: HubError) =>
    /files\.crm:3/.test(fault.faults[0]?.path ?? ''),
  );
  assert.equal(await services.store.count(proposals), 0);
  const now = await services.store.get(unifications, record.id);
  await removeUnification(services, operator, record.id, now?.version);
  assert.equal(await services.store.count(unifyFiles), 0);
});
