/** What happens to a person reaches their live session and refresh token: a move by a file of people, an erasure. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as client from 'openid-client';
import { everyRecord } from '#actions/access/reading.ts';
import { assignRole } from '#actions/assignments/assign.ts';
import { exportAudit } from '#actions/audit/export.ts';
import { disablePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { erasePerson } from '#actions/people/erase/erase.ts';
import { findByLogin } from '#actions/people/find.ts';
import { importPeople } from '#actions/people/import/import.ts';
import { leavingProof } from '#actions/people/leaving.ts';
import { verifyExport } from '#domain/audit/verify.ts';
import { allCollections, links, type people, personKeys } from '#storage/collections.ts';
import { operator, passphrase } from '#test/support/hub.ts';
import { aHub, asCrm, enter, redeem } from './fixture.ts';

const tokensOf = async (crm: client.Configuration, email: string) => {
  const entered = await enter(crm, { email });
  return { browser: entered.browser, tokens: await redeem(crm, entered) };
};

test('a file that moves somebody to another department changes their rights at the next token', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const { browser, tokens } = await tokensOf(crm, 'ada@example.com');
  assert.deepEqual(tokens.claims()?.permissions, ['customer:read', 'customer:write']);
  await importPeople(hub.services, operator, 'email,department\nada@example.com,Office\n');
  const { sub = '' } = tokens.claims() ?? {};
  const info = await client.fetchUserInfo(crm, tokens.access_token, sub);
  assert.deepEqual(info.permissions, ['customer:read'], 'the token of before tells the rights of now');
  const fresh = await client.refreshTokenGrant(crm, tokens.refresh_token ?? '');
  assert.deepEqual(fresh.claims()?.permissions, ['customer:read']);
  const again = await redeem(crm, await enter(crm, { browser }));
  assert.deepEqual(again.claims()?.roles, ['clerk']);
  const [moved] = (await hub.events('person.changed')).slice(-1);
  assert.deepEqual(
    [moved?.personal?.before, moved?.personal?.after],
    [{ department: 'Sales' }, { department: 'Office' }],
  );
});

test('an erasure ends everything at once, leaves no name in the record, and the record verifies', async (t) => {
  const hub = await aHub(t);
  const { services } = hub;
  const crm = await asCrm(hub);
  const { browser, tokens } = await tokensOf(crm, 'ada@example.com');
  const ada = hub.person('ada@example.com').id;
  await assignRole(services, operator, ada, { role: 'packer', reason: 'for the test' });
  const [link] = (await services.store.find(links, { where: { person: ada } })).items;
  await services.store.write({
    changes: [{ kind: 'update', collection: links, id: link?.id ?? '', set: { login: 'ADA01' } }],
  });

  const done = await erasePerson(services, operator, ada, { reason: 'request 17' });
  assert.deepEqual([done.sessions, done.roles, done.links], [1, 1, 1]);
  await assert.rejects(client.refreshTokenGrant(crm, tokens.refresh_token ?? ''), { error: 'invalid_grant' });
  await assert.rejects(client.fetchUserInfo(crm, tokens.access_token, tokens.claims()?.sub ?? ''));
  const silent = await enter(crm, { browser, params: { prompt: 'none' } });
  assert.equal(silent.answer.searchParams.get('error'), 'login_required');

  const events = await hub.events();
  const about = events.filter(({ subject }) => subject?.id === ada);
  assert.ok(about.length > 5);
  for (const { type, personal, personalSalt } of about)
    assert.deepEqual([type, personal ?? null, personalSalt ?? null], [type, null, null]);
  const { content } = await exportAudit(services, operator, 'ndjson');
  let text = '';
  for await (const piece of content) text += String(piece);
  assert.doesNotMatch(text, /ada@example|Ada Sales/i);
  const erased = events.find(({ type }) => type === 'person.erased');
  assert.equal(erased?.detail?.reason, 'request 17');
  assert.equal((await verifyExport(services.store.audit.export({}))).ok, true);

  for (const collection of allCollections)
    for await (const record of everyRecord(services.store, collection as typeof people)) {
      const said = JSON.stringify(record);
      assert.doesNotMatch(said, /ada@example|Ada Sales|ADA01/i, `${collection.name} still knows the person`);
    }
  assert.equal((await services.store.get(personKeys, ada))?.sealed, '');

  const heir = await createPerson(services, operator, {
    email: 'ada@example.com',
    name: 'Ada Other',
    department: 'Sales',
    password: passphrase,
  });
  assert.notEqual(heir.id, ada);
  const next = await tokensOf(crm, 'ada@example.com');
  assert.notEqual(next.tokens.claims()?.sub, link?.sub, 'the sub of before is nobody’s for good');
  const kept = await services.store.get(links, link?.id ?? '');
  assert.deepEqual([kept?.sub, kept?.login], [link?.sub, undefined]);
});

test('the last owner, oneself and somebody with more rights cannot be erased, and a reason is asked for', async (t) => {
  const hub = await aHub(t);
  const { services } = hub;
  const [ada, otto] = [hub.person('ada@example.com').id, hub.person('otto@example.com').id];
  await assignRole(services, operator, ada, { role: 'hub-owner', reason: 'for the test' });
  await assignRole(services, operator, otto, { role: 'hub-people-admin', reason: 'for the test' });
  const erase = (by: string | undefined, id: string, reason = 'request 18') =>
    erasePerson(services, by === undefined ? operator : { actor: { kind: 'person', id: by } }, id, { reason });
  await assert.rejects(erase(undefined, ada), { code: 'last-admin' });
  await assert.rejects(erase(otto, ada), { code: 'forbidden' });
  await assert.rejects(erase(otto, otto), { code: 'conflict' });
  await assert.rejects(erase(undefined, otto, ' '), { code: 'invalid' });
  assert.notEqual(await findByLogin(services, 'otto@example.com'), undefined);
  assert.equal((await hub.events('person.erased')).length, 0);
  const twice = await Promise.allSettled([erase(undefined, otto), erase(undefined, otto)]);
  assert.equal(twice.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal((await hub.events('person.erased')).length, 1);
});

test('who is disabled is proved to be out: no session, the system that cannot be told, tokens for five minutes', async (t) => {
  const hub = await aHub(t);
  const { services } = hub;
  const { tokens } = await tokensOf(await asCrm(hub), 'ada@example.com');
  const { id } = hub.person('ada@example.com');
  const before = await leavingProof(services, hub.person('ada@example.com'));
  assert.deepEqual([before.disabledAt, before.sessions], [undefined, 1]);
  const after = await leavingProof(services, await disablePerson(services, operator, id));
  assert.deepEqual([after.sessions, after.rememberedDevices, after.by], [0, 0, 'operator']);
  assert.deepEqual(
    after.systems.map(({ system, told }) => [system, told]),
    [['crm', 'cannot-be-told']],
  );
  assert.equal((after.offlineUntil ?? 0) - (after.disabledAt ?? 0), 5 * 60_000);
  await assert.rejects(client.refreshTokenGrant(await asCrm(hub), tokens.refresh_token ?? ''), {
    error: 'invalid_grant',
  });
});
