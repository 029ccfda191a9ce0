/** The whole hub over MongoDB, with a network between them that refuses, falls silent or is slow. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { place } from '#test/support/hub-process.ts';
import { mongoName, mongoStore } from '#test/support/mongo.ts';
import { type Stretch, startProxy } from '#test/support/proxy.ts';
import { type Company, company, signIn, signOut, until } from './company.ts';
import { outageSeconds, outageTimeout, throughOutage } from './outage.ts';

interface Far {
  /** Address of the store, through the proxy. */
  readonly store: string;
  readonly proxy: Stretch;
  /** What to do at the end, the last first. */
  readonly ends: (() => Promise<void> | void)[];
}

async function farStore(t: TestContext): Promise<Far | undefined> {
  const address = await mongoStore(t);
  if (address === undefined) return undefined;
  const ends: Far['ends'] = [];
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
  return { store: url.href, proxy, ends };
}

async function farCompany(t: TestContext): Promise<{ hub: Company; proxy: Stretch } | undefined> {
  const far = await farStore(t);
  if (far === undefined) return undefined;
  const { store, proxy, ends } = far;
  return { proxy, hub: await company({ after: (end) => ends.push(end) }, { store }) };
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

test(`a stop while the store is silent, ${on}`, { timeout: 120_000 }, async (t) => {
  const network = await farStore(t);
  if (network === undefined) return;
  const at = await place({ HUB_STORE: network.store });
  network.ends.push(() => at.remove());
  const running = await at.start();
  await network.proxy.set('silent');
  await until(async () => (await fetch(`${at.issuer}/readyz`)).status === 503);
  const since = performance.now();
  await running.stop();
  const ms = Math.round(performance.now() - since);
  t.diagnostic(`gone after ${ms} ms`);
  assert.ok(ms < 10_000, `gone after ${ms} ms`);
});
