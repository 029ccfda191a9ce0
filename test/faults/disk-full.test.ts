/** A full disk under the whole hub: acts are refused whole, people can still sign out, and room is all it takes to go on. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as client from 'openid-client';
import { verifyExport } from '#domain/audit/verify.ts';
import { people } from '#storage/collections.ts';
import { asCrm, enter, redeem } from '#test/oidc/fixture.ts';
import { makers } from '#test/support/booted.ts';
import { notRun } from '#test/support/not-run.ts';
import { smallDisk } from '#test/support/small-disk.ts';
import { visit } from '#test/support/visitor.ts';
import { company, signIn, signOut, until } from './company.ts';

test('a full disk', { timeout: 120_000 }, async (t) => {
  const disk = smallDisk(t, 32);
  if (disk === undefined) return notRun(t, 'full disk', 'this user may not mount a small file system');
  const hub = await company(t, { data: join(disk.folder, 'data') });
  const crm = await asCrm(hub);
  const first = await signIn(hub);
  const second = await signIn(hub);
  const waiting = await enter(crm, { browser: first.browser });
  const robot = visit(hub.issuer).withToken(await makers(hub.services, hub.issuer).token('hub:admin'));
  const add = (n: number) =>
    robot.call('POST', '/api/v1/people', { email: `person${n}@example.com`, name: `Person ${n}` });

  disk.fill();
  let added = 0;
  let answer = await add(added);
  // Files that SQLite has made already still have room in them.
  for (; answer.status === 201; answer = await add(added)) added += 1;
  assert.equal(answer.status, 503);
  assert.equal(answer.body.code, 'store-unavailable');
  assert.ok(Number(answer.headers.get('retry-after')) > 0);
  await assert.rejects(redeem(crm, waiting), 'no code is redeemed');
  await assert.rejects(signIn(hub), 'nobody signs in');
  assert.equal((await fetch(`${hub.issuer}/readyz`)).status, 503);
  assert.equal((await fetch(`${hub.issuer}/jwks`)).status, 200);
  assert.ok((await client.tokenIntrospection(crm, first.tokens.access_token)).active, 'what only reads goes on');

  assert.equal((await signOut(hub, second.browser)).status, 303, 'the reserve is for this');
  assert.equal((await client.tokenIntrospection(crm, second.tokens.access_token)).active, false);
  assert.equal((await hub.events('session.ended')).length, 0, 'the record can be read');

  disk.free();
  await until(async () => (await fetch(`${hub.issuer}/readyz`)).status === 200);
  await until(() => hub.services.signOuts.size === 0);
  assert.equal((await hub.events('session.ended')).length, 1);
  assert.ok((await redeem(crm, waiting)).access_token, 'the code was not spent');
  assert.ok((await signIn(hub)).tokens.access_token);
  assert.equal((await add(added)).status, 201, 'the one that was refused was not there');
  assert.equal((await hub.services.store.find(people, { limit: 1000 })).items.length, added + 2);
  assert.equal((await hub.events('person.created')).length, added + 2);
  const verified = await verifyExport(hub.services.store.audit.export({}));
  assert.ok(verified.ok);
  assert.deepEqual(readdirSync(join(hub.data, 'spool')), ['reserve']);
});
