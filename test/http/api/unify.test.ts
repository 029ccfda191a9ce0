/** Unification over the API: files in, decisions with versions, bulk, report, undo, and merging two accounts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pagesHub } from '#test/http/support.ts';
import { visit } from '#test/support/visitor.ts';

const crm = [
  'Id;Username;Email;FirstName;LastName;Department;EmployeeNumber',
  '1;anna.lis@f.example;anna.lis@f.example;Anna;Lis;Sales;7001',
  '2;olga.kern@f.example;olga.kern@f.example;Olga;Kern;Sales;',
  '3;o.kern@f.example;o.kern@f.example;Olga;Kern;Sales;',
  '4;=cmd@f.example;;=HYPER;Solo;Sales;',
].join('\r\n');
const erp = [
  'User\tFull Name\tE-Mail\tDepartment\tPersonnel No\tUser Type',
  'LISA\tLIS, Anna\t\tSales\t00007001\tDialog',
  'KERNO\tOlga Kern\t\tSales\t00007002\tDialog',
  'RFC_1\tInterface\t\t\t\tSystem',
].join('\n');

test('files in, sure ones accepted, a doubt decided against a stale version, report and undo', async (t) => {
  const hub = await pagesHub(t);
  const api = visit(hub.issuer).withToken(await hub.token('hub:admin'));
  const base64 = Buffer.from(`\uFEFF${erp}`, 'utf16le').toString('base64');
  const made = await api.call('POST', '/api/v1/unify', { crm: { content: crm }, erp: { base64 } });
  assert.equal(made.status, 202, made.text);
  assert.equal(made.body.job.kind, 'match');
  const at = new URL(made.headers.get('location') ?? '').pathname;
  /** The unification once the work on it is over. */
  const settled = async () => {
    for (;;) {
      const { body } = await api.call('GET', at);
      if (!['waiting', 'running'].includes(body.job.state)) return body;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const run = await settled();
  assert.equal(run.state, 'ready');
  assert.equal(run.directory.from, 'none');
  assert.deepEqual([run.proposals.sure?.open, run.proposals.doubt?.open, run.proposals.aside?.open], [1, 2, 1]);
  const done = await api.call('POST', `${at}/accept-sure`, { reason: 'test' });
  assert.deepEqual([done.status, done.body.job.total], [202, 1]);
  const { job } = await settled();
  assert.deepEqual([job.kind, job.state, job.done, job.blocked], ['accept', 'done', 1, 0]);

  const queue = (await api.call('GET', `${at}/proposals?kind=doubt`)).body;
  const [first] = queue.items;
  const decide = (decision: string, version: number) =>
    api.call('POST', `${at}/proposals/${first?.id}/decide`, { decision }, { 'if-match': `"${version}"` });
  assert.equal((await decide('same', 9)).status, 412);
  assert.equal((await decide('same', first?.version ?? 0)).status, 200);
  assert.equal((await decide('different', first?.version ?? 0)).status, 412);

  const report = (await api.call('GET', `${at}/report`)).body;
  assert.deepEqual(
    report.technical.map(({ id }: { id: string }) => id),
    ['RFC_1'],
  );
  const csv = await api.call('GET', `${at}/report?format=csv`);
  assert.match(csv.headers.get('content-type') ?? '', /text\/csv/);
  assert.match(csv.text, /orphans,crm,4,'=cmd@f\.example,'=HYPER Solo/);

  const sure = (await api.call('GET', `${at}/proposals?kind=sure`)).body;
  const person = sure.items[0]?.effect.person ?? '';
  const links = async (id: string) => (await api.call('GET', `/api/v1/people/${id}/links`)).body.items;
  const before = await links(person);
  assert.deepEqual(
    before.map(({ system, login }: { system: string; login: string }) => `${system} ${login}`).toSorted(),
    ['crm anna.lis@f.example', 'erp LISA'],
  );
  const undone = (await api.call('POST', `${at}/proposals/${sure.items[0]?.id}/undo`, { reason: 'no' })).body;
  const [split = ''] = undone.effect.split;
  assert.equal((await links(person)).length, 1);
  assert.ok(before.every(({ sub }: { sub: string }) => sub.length > 20));
  const [moved] = await links(split);
  assert.equal(moved?.sub, before.find(({ system }: { system: string }) => system === moved?.system)?.sub);

  const merged = await api.call('POST', `/api/v1/people/${person}/merge`, {
    other: split,
    reason: 'they are one after all',
  });
  assert.equal(merged.status, 200, merged.text);
  assert.equal((await links(person)).length, 2);
  const { id } = merged.body;
  assert.equal((await api.call('POST', `/api/v1/people/${person}/merges/${id}/undo`, {})).status, 200);
  assert.deepEqual(
    (await links(split)).map(({ sub }: { sub: string }) => sub),
    [moved?.sub],
  );
  assert.equal((await api.call('DELETE', at, undefined, { 'if-match': '"1"' })).status, 412);
});

test('the people of the hub are the directory, another file may be named', async (t) => {
  const hub = await pagesHub(t);
  const api = visit(hub.issuer).withToken(await hub.token('hub:admin'));
  const anna = { email: 'anna.lis@f.example', name: 'Anna Lis', employeeNumber: '7001' };
  assert.equal((await api.call('POST', '/api/v1/people', anna)).status, 201);
  const send = async (more: object) => {
    const made = await api.call('POST', '/api/v1/unify', { crm: { content: crm }, erp: { content: erp }, ...more });
    const at = new URL(made.headers.get('location') ?? '').pathname;
    for (;;) {
      const { body } = await api.call('GET', at);
      if (!['waiting', 'running'].includes(body.job.state)) return body;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const own = await send({});
  assert.deepEqual(own.directory, { from: 'hub', people: 1, unknown: 'disabled' });
  const { items } = (await api.call('GET', `/api/v1/unify/${own.id}/proposals?kind=sure`)).body;
  assert.equal(typeof items[0]?.rows.find(({ list }: { list: string }) => list === 'directory')?.person, 'string');
  const kept = await send({ unknown: 'as-exported' });
  assert.equal(kept.directory.unknown, 'as-exported');
  const file = await send({ directory: { content: 'email,name\nx@f.example,Xenia Wolf\n' } });
  assert.deepEqual(file.directory, { from: 'file', people: 1, unknown: 'disabled' });
});

test('a file with faults is told by line, and nothing of it stays', async (t) => {
  const hub = await pagesHub(t);
  const api = visit(hub.issuer).withToken(await hub.token('hub:admin'));
  const send = (json: object) => api.call('POST', '/api/v1/unify', json);
  const bad = await send({ crm: { content: 'id,name\n1,Anna\n1,Jan\n2,"x' }, erp: { content: erp } });
  assert.equal(bad.status, 422);
  const { errors } = bad.body;
  assert.deepEqual(
    errors.map(({ path }: { path: string }) => path),
    ['files.crm:3', 'files.crm:4'],
  );
  assert.equal((await send({ crm: { content: crm }, erp: { content: '' } })).status, 422);
  assert.equal((await send({ crm: { content: crm }, erp: { content: erp, map: { colour: 'x' } } })).status, 422);
  assert.deepEqual((await api.call('GET', '/api/v1/unify')).body.items, []);
});
