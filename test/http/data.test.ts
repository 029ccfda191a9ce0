/** A person's data: the page for the person and for an admin, and the export through each door, by the shape that the API declares. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { assignRole } from '#actions/assignments/assign.ts';
import { createPerson } from '#actions/people/create.ts';
import { mergePeople } from '#actions/people/merge/merge.ts';
import { askForRole } from '#actions/requests/ask.ts';
import { approveRequest } from '#actions/requests/decide.ts';
import { personExport } from '#http/api/resources/people/data.ts';
import { credentials, links, people } from '#storage/collections.ts';
import { type BootedHub, passphrase } from '#test/support/booted.ts';
import { visit } from '#test/support/visitor.ts';
import { authorizeUrl, operator, pagesHub, signedInBrowser } from './support.ts';

let hub: BootedHub;
let ivy: string;
const as = (id: string, agent = 'colleague') => ({ actor: { kind: 'person', id }, ip: '198.51.100.9', agent }) as const;

before(async (t) => {
  const clock = { ahead: 0, now: () => Date.now() + clock.ahead };
  hub = await pagesHub(t as never, {}, clock);
  Object.assign(hub, { clock });
  const { services } = hub;
  const boss = await hub.person('boris-the-boss', 'hub-owner');
  ({ id: ivy } = await createPerson(services, as(boss.id), {
    email: 'ivy@example.com',
    name: 'Ivy Own',
    employeeNumber: '4711',
    department: 'Sales',
    attributes: { shirt: 'XL' },
    password: passphrase,
  }));
  const other = await createPerson(services, operator, { email: 'ivy.old@example.com', name: 'Ivy Before' });
  await mergePeople(services, as(boss.id), ivy, { other: other.id, reason: 'the same' });
  await assignRole(services, as(boss.id), ivy, { role: 'clerk', reason: 'helps out' });
  const asked = await askForRole(services, as(ivy, 'own'), { person: ivy, role: 'sales', reason: 'I sell' });
  await approveRequest(services, as(boss.id), asked.id, {
    ifVersion: asked.version,
    digest: asked.digest,
    reason: 'fine',
  });
  // What Ivy does to somebody else is on record as hers; what it was is the other's.
  const report = await createPerson(services, as(ivy, 'own'), {
    email: 'zoe-the-other@example.com',
    name: 'Zoe Other',
  });
  await assignRole(services, operator, report.id, { role: 'clerk', reason: 'zoe-reason' });
  const [link] = (await services.store.find(links, { where: { person: ivy }, limit: 1 })).items;
  assert.equal(link, undefined);
});

test('the page says per system what, why and when; a system not entered yet is ahead', async () => {
  const browser = await signedInBrowser(hub.issuer, 'ivy@example.com');
  const ahead = await browser.get(`${hub.issuer}/account/data`);
  assert.equal(ahead.status, 200);
  assert.match(ahead.text, /from your first entry on/);
  await browser.follow(authorizeUrl(hub.issuer, 'crm', { scope: 'openid profile email roles' }));
  const page = await browser.get(`${hub.issuer}/account/data`);
  assert.match(page.text, /Customer desk/);
  assert.match(page.text, /ivy@example\.com/);
  assert.match(page.text, /read customers/);
  assert.match(page.text, /Customer desk may fetch from Back office in your name: read shipments/);
  assert.match(page.text, /Wiki &lt;b&gt;bold&lt;\/b&gt;/);
  assert.match(page.text, /Only if you agree/);
  assert.equal((await visit(hub.issuer).browser.get(`${hub.issuer}/account/data`)).status, 303, 'nobody signed in');
});

/** All that is secret in the store about the person. */
async function secretsOf(person: string): Promise<string[]> {
  const found: string[] = [];
  for (const one of (await hub.services.store.find(credentials, { where: { person } })).items) {
    if (one.kind === 'password') found.push(one.hash, one.hash.split('$').at(-1) ?? one.hash);
    if (one.kind === 'totp') found.push(one.sealed);
    if (one.kind === 'passkey') found.push(one.credential, one.publicKey);
  }
  return found;
}

test('the export holds everything by its declared shape, no secret, and of others only that they are others', async () => {
  const browser = await signedInBrowser(hub.issuer, 'ivy@example.com');
  const answer = await browser.get(`${hub.issuer}/account/data/export`);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-disposition') ?? '', /attachment/);
  assert.match(answer.headers.get('cache-control') ?? '', /no-store/);
  const told = personExport.parse(JSON.parse(answer.text));
  assert.deepEqual(
    told.accounts.map(({ email, employeeNumber, attributes }) => [email, employeeNumber, attributes]),
    [
      ['ivy@example.com', '4711', { shirt: 'XL' }],
      ['ivy.old@example.com', undefined, {}],
    ],
    'with the account that was merged into it',
  );
  assert.deepEqual(
    told.credentials.map(({ kind }) => kind),
    ['password'],
  );
  assert.deepEqual(told.assignments.map(({ role, by }) => [role, by]).toSorted(), [
    ['clerk', 'person:another-person'],
    ['sales', 'person:another-person'],
  ]);
  const [request] = told.requests;
  assert.deepEqual(
    [request?.role, request?.by, request?.reason, request?.decision],
    ['sales', `person:${ivy}`, 'I sell', 'fine'],
  );
  assert.equal(told.merges.length, 1);
  assert.ok(told.sessions.length >= 1);
  assert.ok(told.releases.some(({ system }) => system === 'crm'));

  const types = told.events.map(({ type }) => type);
  for (const type of [
    'person.created',
    'person.merged',
    'role.assigned',
    'access.requested',
    'access.approved',
    'signin.succeeded',
  ])
    assert.ok(types.includes(type), type);
  const created = told.events.find(({ type, subject }) => type === 'person.created' && subject === ivy);
  assert.equal(JSON.stringify(created?.after).includes('"4711"'), true, 'personal parts are opened');
  assert.deepEqual(created?.actor, { kind: 'person', id: 'another-person' });
  assert.deepEqual([created?.ip, created?.agent, created?.session], [undefined, undefined, undefined]);
  const own = told.events.find(({ type }) => type === 'signin.succeeded');
  assert.ok(own?.ip !== undefined, 'from where they signed in themselves is told');
  const toOther = told.events.find(({ subject }) => subject === 'another-person');
  assert.deepEqual([toOther?.type, toOther?.after, toOther?.detail], ['person.created', undefined, undefined]);

  const named = answer.text.split('\n').filter((line) => /boris|zoe|colleague/i.test(line));
  assert.deepEqual(named, [], 'nobody else is named');
  const everybody = (await hub.services.store.find(people, { limit: 100 })).items;
  const selves = new Set(told.accounts.map(({ id }) => id));
  for (const { id, email } of everybody) if (!selves.has(id)) assert.ok(!answer.text.includes(id), `${email} by id`);
  for (const secret of await secretsOf(ivy)) assert.ok(!answer.text.includes(secret), 'a secret got out');

  const [event] = (await hub.services.store.audit.query({ type: 'audit.exported', order: 'newest' })).items;
  assert.deepEqual([event?.actor.id, event?.subject?.id, event?.detail?.format], [ivy, ivy, 'gatehouse-person/1']);
});

test('one has to have signed in lately, and five times an hour is enough', async () => {
  const { clock } = hub as unknown as { clock: { ahead: number } };
  const browser = await signedInBrowser(hub.issuer, 'ivy@example.com');
  clock.ahead += 11 * 60_000;
  const stale = await browser.get(`${hub.issuer}/account/data/export`);
  assert.equal(stale.status, 303);
  assert.match(stale.location ?? '', /\/authorize|\/sign-in/);
  clock.ahead = 0;
  const later = await signedInBrowser(hub.issuer, 'ivy@example.com');
  const answers: number[] = [];
  for (let at = 0; at < 6; at++) answers.push((await later.get(`${hub.issuer}/account/data/export`)).status);
  assert.deepEqual([...new Set(answers)].toSorted(), [200, 303], 'the rest are told to wait');
});

test('an auditor exports it over API and console; a people admin sees the page and exports nothing', async () => {
  await hub.person('ada-auditor', 'hub-auditor');
  await hub.person('pam', 'hub-people-admin');
  const auditor = await visit(hub.issuer).signIn('ada-auditor@example.com');
  const pam = await visit(hub.issuer).signIn('pam@example.com');
  const shown = await pam.call('GET', `/api/v1/people/${ivy}/data`);
  assert.equal(shown.status, 200);
  const crm = shown.body.systems.find(({ system }: { system: string }) => system === 'crm');
  assert.deepEqual(crm.claims.find(({ claim }: { claim: string }) => claim === 'email').value, 'ivy@example.com');
  assert.match((await pam.page('GET', `/admin/people/${ivy}/data`)).text, /Who receives which data of Ivy Own/);
  assert.equal((await pam.call('GET', `/api/v1/people/${ivy}/data/export`)).status, 403);
  assert.equal((await pam.page('GET', `/admin/people/${ivy}/data/export`)).status, 403);
  const file = await auditor.call('GET', `/api/v1/people/${ivy}/data/export`);
  assert.equal(file.status, 200);
  personExport.parse(file.body);
  assert.doesNotMatch(file.text, /ada-auditor/);
  const head = await auditor.browser.send(`${hub.issuer}/api/v1/people/${ivy}/data/export`, { method: 'HEAD' });
  assert.equal(head.status, 405, 'it leaves a record, so nobody asks for its headers alone');
  assert.equal((await auditor.page('GET', `/admin/people/${ivy}/data/export`)).status, 303);
  assert.equal((await auditor.call('GET', '/api/v1/people/00000000-0000-7000-8000-000000000000/data')).status, 404);
});
