/** A file of people over REST: seen first, then loaded exactly as it was seen, or not at all. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { changePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { findByLogin } from '#actions/people/find.ts';
import { publishPolicy } from '#actions/policy/publish.ts';
import { importPieces, people } from '#storage/collections.ts';
import { type BootedHub, bootHub } from '#test/support/booted.ts';
import { type Visitor, visit } from '#test/support/visitor.ts';

const policy = `
version: 1
domains:
  order: { title: Orders, sides: [crm, erp], actions: [enter, release] }
roles:
  seller: { title: Seller, grants: { crm: [order:enter] } }
  releaser: { title: Releaser, grants: { crm: [order:release] } }
assign:
  - { role: seller, when: { department: Sales } }
  - { role: releaser, when: { department: Finance } }
  - { role: releaser, when: { shift: night } }
separation:
  - id: enter-release
    title: Who enters does not release
    conflict: [{ system: crm, permission: order:enter }, { system: crm, permission: order:release }]
    mode: prevent
`;
const operator = { actor: { kind: 'operator' } } as const;
const endings: (() => Promise<void>)[] = [];
let hub: BootedHub;
let admin: Visitor;
let token = '';

before(async () => {
  hub = await bootHub({ after: (end) => endings.push(end) });
  await publishPolicy(hub.services, operator, { text: policy, reason: 'for the test' });
  token = await hub.token('hub:admin');
  admin = visit(hub.issuer).withToken(token);
  for (let at = 0; at < 12; at++)
    await createPerson(hub.services, operator, { email: `p${at}@x.example`, name: `P ${at}`, department: 'Sales' });
});
after(async () => {
  for (const end of endings) await end();
});

/** What these tests read of a preview. */
interface Previewed {
  readonly id: string;
  readonly digest: string;
  readonly created: number;
  readonly changed: number;
  readonly disabled: number;
  readonly unchanged: number;
  readonly left: number;
  readonly loadable: boolean;
  readonly faults: readonly { readonly line: number; readonly path: string; readonly message: string }[];
  readonly leavers: {
    readonly many: boolean;
    readonly spared: readonly { readonly person: string; readonly why: string }[];
  };
}

async function send(body: string | Buffer, query = '') {
  const answer = await fetch(`${hub.issuer}/api/v1/people/imports${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
    body: new Uint8Array(Buffer.from(body)),
  });
  return { status: answer.status, body: (await answer.json()) as Previewed };
}

const apply = ({ id, digest }: { id: string; digest: string }, more: object = {}) =>
  admin.call('POST', `/api/v1/people/imports/${id}/apply`, { digest, ...more });
const byEmail = async (email: string) => (await findByLogin(hub.services, email)) ?? assert.fail(email);

test('a preview shows field by field, role by role, and applying does exactly that, once', async () => {
  const file =
    '\uFEFFemail,name,department,status\r\np0@x.example,P 0,Finance,\r\np1@x.example,P 1,Sales,disabled\r\nnew@x.example,Nel,Sales,\r\np2@x.example,P 2,Sales,\r\n';
  const { status, body } = await send(file);
  assert.equal(status, 201, JSON.stringify(body));
  assert.deepEqual(
    [body.created, body.changed, body.disabled, body.unchanged, body.loadable, body.left],
    [1, 2, 1, 1, true, 0],
  );
  const list = await admin.call('GET', `/api/v1/people/imports/${body.id}/people`);
  const [mover, leaver, joiner] = list.body.items;
  assert.deepEqual(mover.fields, [{ field: 'department', before: 'Sales', after: 'Finance' }]);
  assert.deepEqual(mover.roles, { gains: ['releaser'], losses: ['seller'] });
  assert.deepEqual(mover.permissions.gains, [{ system: 'crm', permission: 'order:release' }]);
  assert.deepEqual([leaver.act, leaver.permissions.losses.length], ['disable', 1]);
  assert.deepEqual([joiner.act, joiner.roles.gains, joiner.id], ['create', ['seller'], undefined]);
  assert.equal((await byEmail('p0@x.example')).department, 'Sales', 'nothing is loaded yet');

  const twice = await Promise.all([apply(body), apply(body)]);
  assert.deepEqual(twice.map((one) => one.status).filter((one) => one === 200).length, 1);
  assert.equal((await byEmail('p0@x.example')).department, 'Finance');
  assert.equal((await byEmail('p1@x.example')).status, 'disabled');
  assert.equal((await byEmail('new@x.example')).name, 'Nel');
  assert.equal((await apply(body)).status, 404, 'it is spent');
});

test('who changed meanwhile stops it with 412, named, and nothing is loaded', async () => {
  const { body } = await send(
    'email,name,department\np3@x.example,P 3,Finance\np4@x.example,P 4,Finance\nlate@x.example,L,Sales\n',
  );
  const { id } = await byEmail('p4@x.example');
  await changePerson(hub.services, operator, id, { jobTitle: 'Lead' });
  const refused = await apply(body);
  assert.equal(refused.status, 412, refused.text);
  assert.deepEqual(refused.body.errors, [
    { path: 'line 3', message: 'p4@x.example: was changed meanwhile (version 1 is now 2)' },
  ]);
  assert.equal((await byEmail('p3@x.example')).department, 'Sales');
  assert.equal(await findByLogin(hub.services, 'late@x.example'), undefined);
  assert.equal((await apply({ ...body, digest: '0'.repeat(64) })).status, 412);
});

test('a prevent rule is a fault of its row, with line and reason, and nothing is half done', async () => {
  const { status, body } = await send('email,name,shift\np5@x.example,P 5,day\np6@x.example,P 6,night\n');
  assert.equal(status, 201);
  assert.equal(body.loadable, false);
  assert.deepEqual(body.faults, [{ line: 3, path: 'separation', message: 'would breach the rule enter-release' }]);
  const refused = await apply(body);
  assert.equal(refused.status, 422);
  assert.equal((await byEmail('p5@x.example')).attributes.shift, undefined);
});

test('UTF-16 and a missing column are told with reason and remedy', async () => {
  const wide = await send(Buffer.from('email,name\na@x.example,A\n', 'utf16le'));
  assert.deepEqual(wide.body.faults, [{ line: 1, path: '', message: 'the file is UTF-16; save it as UTF-8' }]);
  const marked = await send(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('email\n', 'utf16le')]));
  assert.equal(marked.status, 400);
  const lacking = await send('Mail,name\na@x.example,A\n');
  assert.match(lacking.body.faults[0]?.message ?? '', /no column email or username/);
});

test('whoever is missing leaves only when asked, above a tenth only when confirmed, the last owner never', async () => {
  const owner = await hub.person('owner', 'hub-owner');
  const everybody = (await hub.services.store.find(people, { where: { status: 'active' } })).items;
  const without = (gone: readonly string[]) =>
    ['email', ...everybody.map(({ email = '' }) => email).filter((email) => !gone.includes(email))].join('\n');
  const few = await send(without(['p7@x.example']), '?leavers=true');
  assert.deepEqual([few.body.left, few.body.leavers.many, few.body.leavers.spared], [1, false, []]);
  assert.equal((await apply(few.body)).status, 200);
  assert.equal((await byEmail('p7@x.example')).status, 'disabled');

  const many = await send(without([...everybody.slice(-7).map(({ email = '' }) => email)]), '?leavers=true');
  assert.equal(many.body.leavers.many, true);
  assert.deepEqual(
    many.body.leavers.spared.map(({ person, why }) => [person, why]),
    [[owner.email, 'last-owner']],
  );
  const refused = await apply(many.body);
  assert.equal(refused.status, 409, refused.text);
  assert.equal((await apply(many.body, { confirmLeavers: true })).status, 200);
  assert.equal((await byEmail(owner.email ?? '')).status, 'active');
  assert.equal((await send('email\na@x.example', '?leavers=true&skipBad=true')).status, 422);
});

test('a preview belongs to whoever asked for it, and a password in it is nowhere in the store', async () => {
  const secret = 'a passphrase that only the file knows';
  const { body } = await send(`email,password\nsecret@x.example,${secret}\n`);
  assert.doesNotMatch(JSON.stringify(body), /passphrase/);
  const other = visit(hub.issuer).withToken(await hub.token('hub:admin', 'hub:read'));
  assert.equal((await other.call('GET', `/api/v1/people/imports/${body.id}`)).status, 404);
  const { items } = await hub.services.store.find(importPieces, {});
  assert.ok(items.length > 0);
  for (const { sealed } of items) {
    assert.doesNotMatch(sealed, /passphrase/);
    assert.match(sealed, /^v1\./);
  }
});
