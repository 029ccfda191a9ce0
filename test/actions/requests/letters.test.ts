/** Whom a request for a role is told to, and what became of it: in the reader's language, to nobody who may not decide. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everyRecord } from '#actions/access/reading.ts';
import { assignRole } from '#actions/assignments/assign.ts';
import { expireRequests } from '#actions/deadlines/requests.ts';
import type { MailContents } from '#actions/mail/queue.ts';
import { createPerson } from '#actions/people/create.ts';
import { erasePerson } from '#actions/people/erase/erase.ts';
import { applyPolicy } from '#actions/policy/apply.ts';
import { askForRole } from '#actions/requests/ask.ts';
import { approveRequest, rejectRequest } from '#actions/requests/decide.ts';
import type { Origin } from '#domain/audit/event.ts';
import { createComposer } from '#http/mail/compose.ts';
import { createViews } from '#http/render/views.ts';
import { accessRequests, outbox, people } from '#storage/collections.ts';
import { operator } from '#test/actions/people/support.ts';
import { testServices } from '#test/support/services.ts';

const policy = `
version: 1
domains: { customer: { title: Customers, sides: [crm], actions: [read, write] } }
roles:
  reader: { title: Reader, grants: { crm: ['customer:read'] } }
  seller: { title: Seller, includes: [reader], grants: { crm: ['customer:write'] } }
`;
const as = (id: string): Origin => ({ actor: { kind: 'person', id }, locale: 'pl' });

async function company(t: { after(end: () => Promise<void>): void }) {
  const clock = { at: Date.now(), now: () => clock.at };
  const services = await testServices(t, { clock });
  await applyPolicy(services, operator, policy, 'test');
  const somebody = async (name: string, more: object = {}, role?: string, departments?: string[]) => {
    const { id } = await createPerson(services, operator, { email: `${name}@x.example`, name, ...more });
    const given = { reason: 'test', ...(departments === undefined ? {} : { departments }) };
    if (role !== undefined) await assignRole(services, operator, id, { role, ...given });
    return id;
  };
  /** Mails since the last look: to whom, which, and what it says. */
  const mails = async () => {
    const found: { to: string; template: string; locale: string; text: string }[] = [];
    const compose = createComposer(services, createViews());
    for await (const one of everyRecord(services.store, outbox)) {
      if (one.kind !== 'mail' || one.sealed === undefined) continue;
      const contents = JSON.parse(services.seal.open('mail', one.sealed)) as MailContents;
      const { text, subject } = compose(one.template, one.locale, contents);
      found.push({ to: contents.to, template: one.template, locale: one.locale, text: `${subject}\n${text}` });
      await services.store.write({ changes: [{ kind: 'remove', collection: outbox, id: one.id }] });
    }
    return found.toSorted((a, b) => a.to.localeCompare(b.to));
  };
  return { services, clock, somebody, mails };
}

test('the manager is asked where the manager may decide, and the person learns of it', async (t) => {
  const { services, somebody, mails } = await company(t);
  const boss = await somebody('boss', { attributes: { locale: 'zh-CN' } }, 'seller');
  await somebody('owner', {}, 'hub-owner');
  const anna = await somebody('anna', { manager: 'boss@x.example' });
  const one = await askForRole(services, as(anna), { person: anna, role: 'reader', reason: 'the fair' });
  const [told, ...rest] = await mails();
  assert.deepEqual(
    [told?.to, told?.template, told?.locale, rest.length],
    ['boss@x.example', 'request-waiting', 'zh-CN', 0],
  );
  assert.match(told?.text ?? '', /anna 申请角色“Reader”[\s\S]*\/account\/requests/);
  await approveRequest(services, as(boss), one.id, { ifVersion: one.version, digest: one.digest, reason: 'yes' });
  const [done, ...more] = await mails();
  assert.deepEqual([done?.to, done?.template, more.length], ['anna@x.example', 'request-approved', 0]);
});

test('else administrators who reach that department, never who asks, ten at most', async (t) => {
  const { services, somebody, mails, clock } = await company(t);
  await somebody('weak', {});
  const anna = await somebody('anna', { manager: 'weak@x.example', department: 'Sales' });
  const admin = await somebody('admin', {}, 'hub-people-admin');
  await somebody('sales', {}, 'hub-people-admin', ['Sales']);
  await somebody('garden', {}, 'hub-people-admin', ['Garden']);
  await somebody('helpdesk', {}, 'hub-helpdesk');
  for (let at = 0; at < 12; at++) await somebody(`owner${at}`, {}, 'hub-owner');
  const one = await askForRole(services, as(admin), { person: anna, role: 'seller', reason: 'the fair' });
  const told = await mails();
  assert.equal(told.length, 10);
  assert.ok(told.every(({ to, template }) => template === 'request-waiting' && /^(sales|owner\d+)@/.test(to)));
  assert.ok(
    told.some(({ to }) => to === 'sales@x.example'),
    'the nearest first',
  );
  assert.match(told[0]?.text ?? '', /\/admin\/requests/);
  await rejectRequest(services, operator, one.id, { ifVersion: one.version, reason: 'no' });
  assert.deepEqual(
    (await mails()).map(({ to, template }) => [to, template]),
    [
      ['admin@x.example', 'request-rejected'],
      ['anna@x.example', 'request-rejected'],
    ],
  );
  await askForRole(services, as(admin), { person: anna, role: 'seller', reason: 'again' });
  await mails();
  clock.at += services.settings.requests.open + 1;
  await expireRequests(services, () => true);
  assert.deepEqual(
    (await mails()).map(({ template }) => template),
    ['request-expired', 'request-expired'],
  );
});

test('asking over and over writes to nobody without end, and an erased person’s letters go', async (t) => {
  const { services, somebody, mails } = await company(t);
  await somebody('owner', {}, 'hub-owner');
  const anna = await somebody('anna');
  const asked = async () => {
    const one = await askForRole(services, as(anna), { person: anna, role: 'reader', reason: 'again' });
    await services.store.write({ changes: [{ kind: 'remove', collection: accessRequests, id: one.id }] });
  };
  for (let at = 0; at < 25; at++) await asked();
  const waiting = (await mails()).length;
  assert.equal(waiting, 20);
  const ben = await somebody('ben');
  await askForRole(services, as(ben), { person: ben, role: 'reader', reason: 'once' });
  assert.ok((await services.store.get(people, ben)) !== undefined);
  await erasePerson(services, operator, ben, { reason: 'request 9' });
  assert.deepEqual(await mails(), []);
});
