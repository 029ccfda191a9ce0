/** The shared sample with its directory imported first: everything accepted, counted against the truth. Passed over where it is not at hand. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { everyRecord } from '#actions/access/reading.ts';
import { importPeople } from '#actions/people/import/import.ts';
import { decideProposal } from '#actions/unify/decide.ts';
import { startUnification } from '#actions/unify/start.ts';
import { people, proposals } from '#storage/collections.ts';
import { operator } from '#test/actions/people/support.ts';
import { accepted, matchFiles, proposalsOf, twoSystems } from './support.ts';

const sample = resolve(import.meta.dirname, '../../../../shared/data/company');

test('nobody of the imported directory gets a second account, and everybody else comes in disabled', {
  skip: !existsSync(sample) && 'no samples here',
}, async (t) => {
  const services = await twoSystems(t);
  const { store } = services;
  const read = (name: string) => ({ name, bytes: readFileSync(join(sample, name)) });
  await importPeople(services, operator, read('people.csv').bytes);
  const before = new Map((await Array.fromAsync(everyRecord(store, people))).map((one) => [one.id, one]));
  const files = { crm: read('crm-users.csv'), erp: read('erp-users.csv') };
  const record = await matchFiles(services, await startUnification(services, operator, { files }));
  await accepted(services, record.id);
  for (const { id } of await proposalsOf(services, record.id, 'doubt'))
    if ((await store.get(proposals, id))?.state === 'open')
      await decideProposal(services, operator, record.id, id, { same: true });
  await accepted(services, record.id, 'alone');

  const truth: { employeeNumber: string; crm: string[]; erp: string[] }[] = JSON.parse(
    readFileSync(join(sample, 'truth.json'), 'utf8'),
  );
  const owners = new Map<string, string>(
    truth.flatMap(({ employeeNumber, crm, erp }) => [
      ...crm.map((id) => [`crm ${id}`, employeeNumber] as const),
      ...erp.map((id) => [`erp ${id}`, employeeNumber] as const),
    ]),
  );
  const known = new Set([...before.values()].map(({ employeeNumber }) => employeeNumber));
  for await (const { state, effect, rows } of everyRecord(store, proposals, { where: { unification: record.id } })) {
    if (state !== 'accepted' || effect === undefined) continue;
    for (const { list, id } of rows) {
      const owner = owners.get(`${list} ${id}`);
      if (list === 'directory' || owner === undefined || !known.has(owner)) continue;
      assert.equal(before.get(effect.person)?.employeeNumber, owner, `${list} ${id} has the account of its person`);
    }
  }
  const added = (await Array.fromAsync(everyRecord(store, people))).filter(({ id }) => !before.has(id));
  assert.deepEqual(
    added.filter(({ status }) => status === 'active').map(({ name }) => name),
    [],
  );
  assert.equal(added.length, 23, 'leavers, and those whom the directory never had');
});
