/** An erasure leaves nothing of a person in any record of the store, whoever wrote it there; what is others' stays. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everyRecord } from '#actions/access/reading.ts';
import { letterTo } from '#actions/mail/queue.ts';
import { createPerson } from '#actions/people/create.ts';
import { erasePerson } from '#actions/people/erase/erase.ts';
import { keepPreview } from '#actions/people/import/kept-preview.ts';
import { mergePeople } from '#actions/people/merge/merge.ts';
import { publishPolicy } from '#actions/policy/publish.ts';
import { askForRole } from '#actions/requests/ask.ts';
import type { Services } from '#actions/services.ts';
import { decideProposal } from '#actions/unify/decide.ts';
import { startUnification } from '#actions/unify/start.ts';
import type { Collection } from '#storage/collection.ts';
import { allCollections, outbox, people, proposals, unifications } from '#storage/collections.ts';
import { eventsOf, operator } from '#test/actions/people/support.ts';
import { crmHeading, erpHeading, matched, proposalsOf, twoSystems } from '#test/actions/unify/support.ts';

const policy = `
version: 1
domains: { customer: { title: Customers, sides: [crm], actions: [read] } }
roles: { reader: { title: Reader, grants: { crm: [customer:read] } } }
assign: []
`;

/** Everything that the store holds, sealed mails opened and files decoded. */
async function everything({ store, seal }: Services): Promise<string> {
  let text = '';
  for (const collection of allCollections)
    for await (const record of everyRecord(store, collection as Collection<Record<string, unknown>>)) {
      const { bytes, sealed, kind } = record;
      text += `${collection.name} ${JSON.stringify(record)}\n`;
      if (typeof bytes === 'string') text += Buffer.from(bytes, 'base64').toString('utf8');
      if (kind === 'mail' && typeof sealed === 'string') text += seal.open('mail', sealed);
    }
  return text;
}

const anna = '1,anna.lis@f.example,anna.lis@f.example,Anna,Lis,Sales,7001,true';
const annaErp = 'LISA,"LIS, Anna",,Sales,00007001,Dialog';
const olga = '2,olga.kern@f.example,olga.kern@f.example,Olga,Kern,Sales,,true';
const otherOlga = '3,o.kern@f.example,o.kern@f.example,Olga,Kern,Sales,,true';
const kerno = 'KERNO,Olga Kern,,Sales,00007002,Dialog';
const traces = /anna\.lis|anna lis|lis, anna|"lis"|LISA|7001/i;

test('proposals, files, previews, requests, letters and managers: not a word of the person is left', async (t) => {
  const services = await twoSystems(t);
  const { store } = services;
  await publishPolicy(services, operator, { text: policy, reason: 'test' });
  const first = await matched(services, [anna, olga], [annaErp]);
  const [sure] = await proposalsOf(services, first.id, 'sure');
  const accepted = await decideProposal(services, operator, first.id, sure?.id ?? '', { same: true });
  const id = accepted.effect?.person ?? '';
  const open = await matched(services, [anna, olga], [annaErp]);
  const file = (heading: string, rows: readonly string[]) => ({
    name: 'rows.csv',
    bytes: Buffer.from([heading, ...rows].join('\n'), 'utf16le'),
    encoding: 'utf-16le',
  });
  const waiting = await startUnification(services, operator, {
    files: { crm: file(crmHeading, [olga, anna]), erp: file(erpHeading, [kerno]) },
  });
  const unrelated = await startUnification(services, operator, {
    files: { crm: file(crmHeading, [olga]), erp: file(erpHeading, [kerno]) },
  });
  const report = await createPerson(services, operator, {
    email: 'max@f.example',
    name: 'Max',
    manager: 'Anna.Lis@f.example',
  });
  await askForRole(services, operator, { person: id, role: 'reader', reason: 'Anna Lis needs it' });
  const boss = await store.get(people, report.id);
  assert.ok(boss);
  const letters = letterTo(services, operator, boss, { template: 'credential', values: { of: 'Anna Lis' }, about: id });
  await store.write({ changes: letters });
  const csv = (text: string) => Buffer.from(`email,name\n${text}\n`);
  await keepPreview(services, { actor: { kind: 'system', id: 'a' } }, 'a.csv', csv('anna.lis@f.example,Anne'), {});
  const kept = await keepPreview(services, operator, 'b.csv', csv('olga.kern@f.example,Olga'), {});
  assert.match(await everything(services), traces);

  const done = await erasePerson(services, operator, id, { reason: 'request 4' });
  assert.ok(done.records >= 6, String(done.records));
  const left = await everything(services);
  assert.doesNotMatch(
    left
      .split('\n')
      .filter((line) => traces.test(line))
      .join('\n'),
    traces,
  );

  assert.equal(await store.get(unifications, waiting.id), undefined, 'the unmatched files are forgotten');
  assert.ok((await store.get(unifications, unrelated.id)) !== undefined, 'others stay');
  assert.deepEqual(
    (await proposalsOf(services, open.id, 'alone')).map(({ rows }) => rows[0]?.cells.mail),
    ['olga.kern@f.example'],
  );
  assert.match(left, new RegExp(kept.id), 'a preview of others stays');
  assert.equal((await store.get(people, report.id))?.manager, undefined);
  const changed = (await eventsOf(services, 'person.changed')).filter(({ subject }) => subject?.id === report.id);
  assert.deepEqual(changed.at(-1)?.detail, { fields: ['manager'] });
  assert.equal(await store.count(outbox, { kind: 'mail' }), 0);
});

test('of two rows that may be one person, the one that is somebody else’s stands alone afterwards', async (t) => {
  const services = await twoSystems(t);
  const record = await matched(services, [olga, otherOlga], [kerno]);
  const doubts = await proposalsOf(services, record.id, 'doubt');
  assert.equal(doubts.length, 2, 'each Olga may be KERNO');
  const one = await createPerson(services, operator, { email: 'olga.kern@f.example', name: 'Olga Kern' });
  await erasePerson(services, operator, one.id, { reason: 'request 5' });
  assert.doesNotMatch(await everything(services), /olga\.kern@/);
  const left = await proposalsOf(services, record.id, 'doubt');
  assert.deepEqual(
    left.map(({ rows }) => rows.map(({ id }) => id)),
    [['3', 'KERNO']],
  );
  const other = await createPerson(services, operator, { email: 'o.kern@f.example', name: 'Olga Kern' });
  await erasePerson(services, operator, other.id, { reason: 'request 6' });
  const alone = await proposalsOf(services, record.id, 'alone');
  assert.deepEqual(
    alone.map(({ rows }) => rows[0]?.id),
    ['KERNO'],
    'with a number of its own it is nobody’s yet',
  );
  assert.equal((await proposalsOf(services, record.id, 'doubt')).length, 0);
});

test('accounts that were merged go along, and an erasure that is refused forgets no file', async (t) => {
  const services = await twoSystems(t);
  const stays = await createPerson(services, operator, { email: 'stays@f.example', name: 'Anna Lis' });
  const gone = await createPerson(services, operator, {
    email: 'anna.lis@f.example',
    name: 'Anna L.',
    employeeNumber: '7001',
  });
  await mergePeople(services, operator, stays.id, { other: gone.id, reason: 'the same' });
  const file = (heading: string, row: string) => ({ name: 'a.csv', bytes: Buffer.from(`${heading}\n${row}\n`) });
  const waiting = await startUnification(services, operator, {
    files: { crm: file(crmHeading, olga), erp: file(erpHeading, annaErp) },
  });
  await assert.rejects(erasePerson(services, operator, stays.id, { reason: 'r', ifVersion: 99 }), { code: 'stale' });
  assert.ok((await services.store.get(unifications, waiting.id)) !== undefined);
  await erasePerson(services, operator, stays.id, { reason: 'request 7' });
  assert.doesNotMatch(await everything(services), traces);
  assert.equal(await services.store.count(proposals), 0);
});
