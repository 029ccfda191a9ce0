/** Codes of the sealed account: stored as hashes, spent once, replaced as a whole, loud. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignRole } from '#actions/assignments/assign.ts';
import { ownersOf } from '#actions/assignments/owners.ts';
import { glassAccount } from '#actions/break-glass/account.ts';
import { glassStatus, printGlassCodes } from '#actions/break-glass/codes.ts';
import { acknowledgeGlassUse, useGlassCode } from '#actions/break-glass/use.ts';
import { endStandIns } from '#actions/factors/new-epoch.ts';
import { changePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { importPeople } from '#actions/people/import/import.ts';
import { sendLink } from '#actions/recovery/send.ts';
import type { Services } from '#actions/services.ts';
import { setPassword } from '#actions/signin/set-password.ts';
import { assignments, breakGlassCodes, outbox } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { testServices } from '#test/support/services.ts';
import { eventsOf, operator, visitor } from './people/support.ts';

async function tryOnce(services: Services, code: string): Promise<boolean> {
  return services.store.unit(async (unit) => {
    if ((await useGlassCode(services, visitor(), code)) === undefined) return false;
    try {
      await unit.commit();
      return true;
    } catch (error) {
      assert.ok(error instanceof CommitConflict && error.change.tag === 'factor', String(error));
      return false;
    }
  });
}

test('codes are printed once, kept as hashes, and each serves once, twenty at a time', async (t) => {
  const services = await testServices(t);
  const codes = await printGlassCodes(services, operator, { count: 3, replace: false });
  assert.equal(new Set(codes).size, 3);
  for (const code of codes) assert.match(code, /^([A-HJ-NP-Z2-9]{4}-){3}[A-HJ-NP-Z2-9]{4}$/);
  const kept = JSON.stringify((await services.store.find(breakGlassCodes, { limit: 10 })).items);
  for (const code of codes) assert.ok(!kept.includes(code) && !kept.includes(code.replaceAll('-', '')));
  await assert.rejects(printGlassCodes(services, operator, { count: 3, replace: false }), { code: 'conflict' });
  const tries = await Promise.all(Array.from({ length: 20 }, () => tryOnce(services, ` ${codes[0]?.toLowerCase()} `)));
  assert.equal(tries.filter(Boolean).length, 1);
  assert.equal(await tryOnce(services, codes[0] ?? ''), false, 'and it stays so');
  assert.equal((await glassStatus(services)).codesLeft, 2);
  assert.equal((await eventsOf(services, 'admin.signed-in')).length, 1);
  const next = await printGlassCodes(services, operator, { count: 2, replace: true });
  assert.equal(await tryOnce(services, codes[1] ?? ''), false, 'replaced');
  assert.equal(await tryOnce(services, next[0] ?? ''), true);
  for (const wrong of ['', 'AAAA-AAAA-AAAA-AAAA', '💥'.repeat(500)])
    assert.equal(await tryOnce(services, wrong), false);
  await endStandIns(services);
  assert.equal(await tryOnce(services, next[1] ?? ''), false, 'a restored backup revives none');
});

test('two who print at once: the sheet of one is worth nothing, and it is told so', async (t) => {
  const services = await testServices(t);
  await printGlassCodes(services, operator, { count: 2, replace: false });
  const both = await Promise.allSettled(
    [1, 2].map(() => printGlassCodes(services, operator, { count: 2, replace: true })),
  );
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  const sheet = both.find((one) => one.status === 'fulfilled');
  for (const code of sheet?.value ?? []) assert.equal(await tryOnce(services, code), true);
  assert.equal((await glassStatus(services)).codesLeft, 0);
});

test('every owner and configured address is told; an owner who signed in otherwise says why', async (t) => {
  const services = await testServices(t);
  const settings = {
    ...services.settings,
    breakGlass: { ...services.settings.breakGlass, notify: ['soc@x.example', 'O@x.example'] },
  };
  const loud: Services = { ...services, settings };
  const owner = await createPerson(loud, operator, { email: 'o@x.example', name: 'Olga' });
  await assignRole(loud, operator, owner.id, { role: 'hub-owner', reason: 'for the test' });
  const [code = ''] = await printGlassCodes(loud, operator, { count: 1, replace: false });
  assert.deepEqual([...(await ownersOf(loud))], [owner.id], 'the sealed account is nobody who stays');
  await assert.rejects(changePerson(loud, operator, owner.id, { status: 'disabled' }), { code: 'last-admin' });
  assert.equal(await tryOnce(loud, code), true);
  const { items } = await loud.store.find(outbox, { where: { kind: 'mail' }, limit: 10 });
  assert.deepEqual(
    items.map((one) => one.kind === 'mail' && one.template),
    ['break-glass', 'break-glass'],
    'each address once',
  );
  const [use] = (await glassStatus(loud)).uses;
  assert.equal(use?.state, 'open');
  const account = await glassAccount(loud);
  const as = (id: string) => ({ actor: { kind: 'person', id } as const });
  await assert.rejects(acknowledgeGlassUse(loud, as(account?.id ?? ''), use?.id ?? '', 'me'), { code: 'forbidden' });
  await assert.rejects(acknowledgeGlassUse(loud, as(owner.id), use?.id ?? '', '  '), { code: 'invalid' });
  await acknowledgeGlassUse(loud, as(owner.id), use?.id ?? '', 'The phones were lost in the move');
  await assert.rejects(acknowledgeGlassUse(loud, as(owner.id), use?.id ?? '', 'again'), { code: 'conflict' });
  const off: Services = { ...loud, settings: { ...settings, breakGlass: { ...settings.breakGlass, enabled: false } } };
  const [late = ''] = await printGlassCodes(off, operator, { count: 1, replace: false });
  assert.equal(await tryOnce(off, late), false, 'switched off');
  assert.equal(await tryOnce(loud, late), true, 'and not spent by that');
});

test('an account of that name that was there before does not come to own the hub', async (t) => {
  const services = await testServices(t);
  const password = 'known to whoever made it before';
  const planted = await createPerson(services, operator, { username: 'Break-Glass', name: 'Planted', password });
  await assert.rejects(printGlassCodes(services, operator, { count: 1, replace: false }), {
    code: 'conflict',
    message: /rename them/,
  });
  assert.equal((await services.store.find(assignments, { where: { person: planted.id } })).items.length, 0);
  await changePerson(services, operator, planted.id, { username: 'planted' });
  const [code = ''] = await printGlassCodes(services, operator, { count: 1, replace: false });
  assert.notEqual((await glassAccount(services))?.id, planted.id);
  assert.equal(await tryOnce(services, code), true);
});

test('the sealed account gets no other way in, from its own session either', async (t) => {
  const services = await testServices(t);
  await printGlassCodes(services, operator, { count: 1, replace: false });
  const account = (await glassAccount(services)) ?? assert.fail();
  for (const origin of [operator, { actor: { kind: 'person', id: account.id } } as const]) {
    await assert.rejects(changePerson(services, origin, account.id, { email: 'mine@x.example' }), {
      code: 'forbidden',
    });
    await assert.rejects(setPassword(services, origin, account.id, 'a long and good enough one'), {
      code: 'forbidden',
    });
    await assert.rejects(sendLink(services, origin, account.id), { code: 'forbidden' });
  }
  await changePerson(services, operator, account.id, { employeeNumber: 'E1' });
  const csv = 'employeeNumber,username,email,password\nE1,break-glass,mine@x.example,a long and good enough one\n';
  const report = await importPeople(services, operator, csv, {});
  assert.deepEqual([report.loaded, report.faults.map(({ path }) => path)], [false, ['password']]);
  await changePerson(services, operator, account.id, { status: 'disabled' });
});
