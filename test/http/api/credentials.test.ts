/** `people/{id}/credentials`: kinds and times without secrets, and taking factors away for those who may. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { factorsOf } from '#actions/factors/remove.ts';
import { manualClock } from '#platform/clock.ts';
import { type BootedHub, bootHub } from '#test/support/booted.ts';
import { withFactors } from '#test/support/factors.ts';
import { type Visitor, visit } from '#test/support/visitor.ts';

let hub: BootedHub;
let desk: Visitor;
before(async (t) => {
  hub = await bootHub(t as never);
  const { email = '' } = await hub.person('desk', 'hub-helpdesk');
  desk = await visit(hub.issuer).signIn(email);
});

test('lists kinds and times, and nothing that proves anything', async () => {
  const anna = await hub.person('anna');
  await withFactors(hub.services, anna);
  const { status, body, text } = await desk.call('GET', `/api/v1/people/${anna.id}/credentials`);
  assert.equal(status, 200);
  assert.deepEqual(
    body.items.map(({ kind, label }: { kind: string; label?: string }) => [kind, label]),
    [
      ['password', undefined],
      ['totp', 'Phone'],
    ],
  );
  assert.doesNotMatch(text, /argon2|sealed|hash|v1\./);
});

test('the help desk takes one or all, with a reason, and never from an admin', async () => {
  const bo = await hub.person('bo');
  await withFactors(hub.services, bo);
  const one = await desk.call('DELETE', `/api/v1/people/${bo.id}/credentials/${bo.id}:totp?reason=lost`);
  assert.equal(one.status, 204);
  const [event] = (await hub.services.store.audit.query({ person: bo.id, type: 'credential.reset' })).items;
  assert.equal(event?.personal?.detail?.reason, 'lost');
  assert.equal((await desk.call('DELETE', `/api/v1/people/${bo.id}/credentials/${bo.id}:password`)).status, 404);
  const admin = await hub.person('admin', 'hub-owner');
  await withFactors(hub.services, admin);
  assert.equal((await desk.call('DELETE', `/api/v1/people/${admin.id}/credentials`)).status, 403);
  assert.equal((await desk.call('GET', `/api/v1/people/${admin.id}/credentials`)).body.items.length, 2);
});

test('taking somebody’s factors asks for a sign-in of the last minutes, on the page too', async (t) => {
  const clock = manualClock(Date.now());
  const own = await bootHub(t, { clock });
  const helper = await visit(own.issuer).signIn((await own.person('helper', 'hub-helpdesk')).email ?? '');
  const bo = await own.person('bo');
  await withFactors(own.services, bo);
  clock.advance(11 * 60_000);
  const late = await helper.call('DELETE', `/api/v1/people/${bo.id}/credentials?reason=lost`);
  assert.deepEqual([late.status, late.body.code], [403, 'fresh-sign-in-required']);
  const page = await helper.page('POST', `/admin/people/${bo.id}/reset-factors`, { reason: 'lost' });
  assert.equal(page.status, 303);
  assert.equal((await factorsOf(own.services, bo.id)).length, 1, 'nothing was taken');
});
