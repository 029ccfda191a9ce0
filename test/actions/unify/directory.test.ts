/** The hub's own people are the directory: nobody gets a second account, and who is not among them comes in disabled. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignRole } from '#actions/assignments/assign.ts';
import { createPerson } from '#actions/people/create.ts';
import { erasePerson } from '#actions/people/erase/erase.ts';
import { mergePeople } from '#actions/people/merge/merge.ts';
import type { Services } from '#actions/services.ts';
import { decideProposal } from '#actions/unify/decide.ts';
import { reportOf } from '#actions/unify/report.ts';
import { startUnification } from '#actions/unify/start.ts';
import { people } from '#storage/collections.ts';
import { operator } from '#test/actions/people/support.ts';
import { accepted, crmHeading, erpHeading, linksOf, matched, matchFiles, proposalsOf, twoSystems } from './support.ts';

const anna = '1,a.lis@old.example,,Anna,Lis,Sales,7001,true';
const annaErp = 'LISA,"LIS, Anna",,Sales,00007001,Dialog';
const evaErp = 'ROTE,Eva Rot,eva.rot@f.example,Sales,00007005,Dialog';
const eva = '5,eva.rot@f.example,eva.rot@f.example,Eva,Rot,Sales,7005,true';

const known = (services: Services) =>
  createPerson(services, operator, {
    email: 'anna.lis@f.example',
    name: 'Anna Lis',
    givenName: 'Anna',
    familyName: 'Lis',
    department: 'Sales',
    employeeNumber: '7001',
  });

test('rows of somebody in the hub are linked to that account, and leavers come in disabled', async (t) => {
  const services = await twoSystems(t);
  const { id } = await known(services);
  const record = await matched(services, [anna, eva], [annaErp, evaErp]);
  assert.deepEqual([record.directory, record.hubPeople, record.unknown], ['hub', 1, 'disabled']);
  assert.deepEqual(await accepted(services, record.id), { accepted: 2, blocked: 0 });
  assert.equal(await services.store.count(people), 2);
  const own = await linksOf(services, id);
  assert.deepEqual([own.crm?.login, own.erp?.login], ['a.lis@old.example', 'LISA']);
  const [other] = (await services.store.find(people, { where: { logins: 'eva.rot@f.example' } })).items;
  assert.equal(other?.status, 'disabled');
  const { leavers } = await reportOf(services, record.id);
  assert.deepEqual(leavers.map(({ id: row }) => row).toSorted(), ['5', 'ROTE']);
});

test('a name in another script meets the person of the hub', async (t) => {
  const services = await twoSystems(t);
  const { id } = await createPerson(services, operator, {
    email: 'xiulan.shen@f.example',
    name: '沈秀兰',
    department: 'IT',
  });
  const record = await matched(services, ['1,xiulan.shen@f.example,,Xiulan,Shen,IT,,true'], [annaErp]);
  await accepted(services, record.id);
  assert.equal((await linksOf(services, id)).crm?.login, 'xiulan.shen@f.example');
});

test('rows that may be somebody of the hub wait until that is decided', async (t) => {
  const services = await twoSystems(t);
  const { id } = await createPerson(services, operator, {
    email: 'eva.rot@f.example',
    name: 'Eva Rot',
    department: 'IT',
  });
  const record = await matched(
    services,
    ['5,e.rot@old.example,,Eva,Rot,Sales,7005,true'],
    ['ROTE,Eva Rot,,Sales,00007005,Dialog'],
  );
  const [doubt] = await proposalsOf(services, record.id, 'doubt');
  assert.deepEqual(await accepted(services, record.id), { accepted: 0, blocked: 1 });
  const [waiting] = await proposalsOf(services, record.id, 'sure');
  assert.deepEqual(waiting?.obstacle, { code: 'doubt', values: { person: 'Eva Rot' } });
  await decideProposal(services, operator, record.id, doubt?.id ?? '', { same: true });
  assert.equal(await services.store.count(people), 1);
  assert.deepEqual(Object.keys(await linksOf(services, id)).toSorted(), ['crm', 'erp']);
});

test('the number or address of somebody else brings nobody the wrong account', async (t) => {
  const services = await twoSystems(t);
  await known(services);
  const record = await matched(services, ['9,bogdan.wilk@f.example,,Bogdan,Wilk,IT,7001,true'], [annaErp]);
  await accepted(services, record.id);
  assert.deepEqual(await accepted(services, record.id, 'alone'), { accepted: 0, blocked: 1 });
  const [alone] = await proposalsOf(services, record.id, 'alone');
  assert.deepEqual(alone?.obstacle, { code: 'not-matched', values: { person: 'anna.lis@f.example' } });
});

test('administrators alone do not say who works here, unless somebody says so', async (t) => {
  const services = await twoSystems(t);
  const { id } = await known(services);
  await assignRole(services, operator, id, { role: 'hub-owner', reason: 'test' });
  const record = await matched(services, [anna, eva], [annaErp, evaErp]);
  assert.equal(record.unknown, 'as-exported');
  await accepted(services, record.id);
  assert.equal(await services.store.count(people), 2);
  const [other] = (await services.store.find(people, { where: { logins: 'eva.rot@f.example' } })).items;
  assert.equal(other?.status, 'active');
  assert.deepEqual((await reportOf(services, record.id)).leavers, []);
  const file = (heading: string, row: string) => ({ name: 'x.csv', bytes: Buffer.from(`${heading}\n${row}`) });
  const files = { crm: file(crmHeading, anna), erp: file(erpHeading, annaErp) };
  const told = await startUnification(services, operator, { files, unknown: 'disabled' });
  assert.equal(told.unknown, 'disabled');
});

test('a person who was merged since is met as who they are now, one who was erased as nobody', async (t) => {
  const services = await twoSystems(t);
  const { id } = await known(services);
  const survivor = await createPerson(services, operator, { email: 'a.lis@home.example', name: 'Anna L.' });
  const record = await matched(services, [anna], [annaErp]);
  await mergePeople(services, operator, survivor.id, { other: id, reason: 'test' });
  await accepted(services, record.id);
  assert.equal((await linksOf(services, survivor.id)).erp?.login, 'LISA');
  const again = await matched(services, [anna], [annaErp]);
  assert.equal(again.hubPeople, 1, 'the account that was merged is nobody of its own');

  const { id: gone } = await createPerson(services, operator, {
    email: 'eva.rot@f.example',
    name: 'Eva Rot',
    employeeNumber: '7005',
  });
  const third = await matched(services, [eva], [evaErp]);
  await erasePerson(services, operator, gone, { reason: 'test' });
  assert.deepEqual(await proposalsOf(services, third.id, 'sure'), [], 'what was kept of her went too');
});

test('files that begin before anybody is in the hub have no directory', async (t) => {
  const services = await twoSystems(t);
  const record = await startUnification(services, operator, {
    files: {
      crm: { name: 'c.csv', bytes: Buffer.from(`${crmHeading}\n${anna}`) },
      erp: { name: 'e.csv', bytes: Buffer.from(`${erpHeading}\n${annaErp}`) },
    },
  });
  assert.equal((await matchFiles(services, record)).directory, 'none');
});
