/** The whole hub over MongoDB, with a network between them that refuses, falls silent or is slow. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { mongoName, mongoStore } from '#test/support/mongo.ts';
import { type Stretch, startProxy } from '#test/support/proxy.ts';
import { type Company, company, signIn, signOut, until } from './company.ts';
import { outageSeconds, outageTimeout, throughOutage } from './outage.ts';

interface Far {
  readonly hub: Company;
  readonly proxy: Stretch;
}

async function farCompany(t: TestContext): Promise<Far | undefined> {
  const address = await mongoStore(t);
  if (address === undefined) return undefined;
  const ends: (() => Promise<void> | void)[] = [];
  t.after(async () => {
    for (const end of ends.reverse()) await end();
  });
  const url = new URL(address);
  const proxy = await startProxy({ host: url.hostname, port: Number(url.port) }, { delayMs: 15 });
  url.port = String(proxy.port);
  // The member tells its own address, at which there is no proxy.
  url.searchParams.delete('replicaSet');
  url.searchParams.set('directConnection', 'true');
  ends.push(() => proxy.close());
  const hub = await company({ after: (end) => ends.push(end) }, { store: url.href });
  return { hub, proxy };
}

const on = `on ${mongoName() ?? 'MongoDB'}`;

for (const passage of ['refuse', 'silent'] as const) {
  const what = passage === 'refuse' ? 'refused' : 'silent';
  test(`a store that is ${what} for ${outageSeconds} s, ${on}`, { timeout: outageTimeout }, async (t) => {
    const far = await farCompany(t);
    if (far === undefined) return;
    await throughOutage(t, far.hub, {
      begin: () => far.proxy.set(passage),
      end: () => far.proxy.set('pass'),
    });
  });
}

test(`a sign-out while the store is silent, ${on}`, { timeout: 120_000 }, async (t) => {
  const far = await farCompany(t);
  if (far === undefined) return;
  const { hub, proxy } = far;
  const { browser } = await signIn(hub);
  const kept = browser.copy();
  await proxy.set('silent');
  assert.deepEqual(await signOut(hub, browser), { status: 303, location: '/sign-out/done' });
  assert.equal(hub.services.signOuts.size, 1);
  await proxy.set('pass');
  await until(() => hub.services.signOuts.size === 0, 15);
  assert.equal((await hub.events('session.ended')).length, 1);
  assert.match((await kept.get(`${hub.issuer}/account`)).location ?? '', /\/authorize/);
  await until(async () => (await hub.events('logout.delivered')).length === 1, 15);
  assert.equal(hub.heard.length, 1);
});

test(`a store that is slow is waited for, ${on}`, { timeout: 120_000 }, async (t) => {
  const far = await farCompany(t);
  if (far === undefined) return;
  await far.proxy.set('slow');
  assert.ok((await signIn(far.hub)).tokens.access_token);
});
