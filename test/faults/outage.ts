import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as client from 'openid-client';
import { verifyExport } from '#domain/audit/verify.ts';
import { asCrm, enter, redeem } from '#test/oidc/fixture.ts';
import { atMost, figure, holds } from '#test/support/figure.ts';
import { type Company, signIn, until } from './company.ts';
import { type Door, doorsOf } from './doors.ts';

const asked = process.env.GATEHOUSE_FAULT_SECONDS;
const isLong = asked !== undefined;
/** How long the store is away. */
export const outageSeconds = Number(asked ?? 2);
/** For a test of one outage. */
export const outageTimeout = 120_000 + outageSeconds * 1000;

export interface Outage {
  begin(): void | Promise<void>;
  end(): void | Promise<void>;
}

/** MiB that are still needed. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const since = performance.now();
  return [await work(), Math.round(performance.now() - since)];
}

async function assertRefused(door: Door): Promise<number> {
  const [{ status, headers, text }, ms] = await timed(door.knock);
  assert.equal(status, 503, `${door.name}: ${status} ${text.slice(0, 200)}`);
  assert.ok(Number(headers.get('retry-after')) > 0, `${door.name}: Retry-After`);
  assert.doesNotMatch(text, /inner words|access_token|StoreUnavailable/, door.name);
  assert.deepEqual(
    headers.getSetCookie().filter((line) => /session=[^;]/.test(line)),
    [],
    `${door.name}: no session`,
  );
  const type = headers.get('content-type') ?? '';
  if (door.answers === 'page') assert.match(type, /^text\/html/, door.name);
  if (door.answers === 'problem') {
    assert.match(type, /^application\/problem\+json/, door.name);
    assert.equal(JSON.parse(text).code, 'store-unavailable', door.name);
  }
  if (door.answers === 'oauth') assert.equal(JSON.parse(text).error, 'temporarily_unavailable', door.name);
  return ms;
}

async function assertPublic({ issuer }: Company): Promise<void> {
  for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', '/jwks']) {
    const answer = await fetch(issuer + path);
    assert.equal(answer.status, 200, path);
    const etag = answer.headers.get('etag') ?? '';
    assert.equal((await fetch(issuer + path, { method: 'HEAD' })).status, 200, path);
    assert.equal((await fetch(issuer + path, { headers: { 'if-none-match': etag } })).status, 304, path);
  }
  assert.equal((await fetch(`${issuer}/healthz`)).status, 200);
  assert.equal((await fetch(`${issuer}/metrics`)).status, 200);
  assert.equal((await fetch(`${issuer}/sign-out/done`)).status, 200);
}

const granting = ['token.', 'entry.', 'session.started', 'signin.succeeded', 'person.created', 'delegated.'];

async function counts(hub: Company): Promise<Record<string, number>> {
  const found = granting.map(async (type) => [type, (await hub.events(type)).length] as const);
  return Object.fromEntries(await Promise.all(found));
}

/**
 * The whole of what the hub owes while its store is away (security.md, "Audit and faults"): red in time, every door refused in
 * time, discovery and keys served, nothing granted, nothing spent, and well again by itself.
 */
export async function throughOutage(t: TestContext, hub: Company, outage: Outage): Promise<void> {
  const crm = await asCrm(hub);
  const signedIn = await signIn(hub);
  const waiting = await enter(crm, { browser: signedIn.browser });
  const doors = await doorsOf(hub, signedIn, signedIn.tokens);
  const before = await counts(hub);
  const times: number[] = [];
  const heap = heapInUse();

  await outage.begin();
  const end = performance.now() + outageSeconds * 1000;
  const redMs = await turning(hub, 503);
  times.push(...(await Promise.all(doors.map(assertRefused))));
  while (performance.now() < end) {
    await assertPublic(hub);
    times.push(...(await Promise.all(doors.map(assertRefused))));
    await assert.rejects(redeem(crm, waiting), 'a good code too');
    await sleep(isLong ? 50 : 200);
  }
  assert.equal((await fetch(`${hub.issuer}/readyz`)).status, 503);
  const grown = heapInUse() - heap;

  await outage.end();
  const since = performance.now();
  const greenMs = await turning(hub, 200);
  const userInfo = () => client.fetchUserInfo(crm, signedIn.tokens.access_token, client.skipSubjectCheck);
  await until(() => userInfo().then(Boolean, () => false), 15);
  const wellMs = Math.round(performance.now() - since);
  assert.deepEqual(await counts(hub), before, 'nothing was granted meanwhile');
  assert.ok((await redeem(crm, waiting)).access_token, 'the code was not spent');
  await assert.rejects(redeem(crm, waiting), { error: 'invalid_grant' });
  const again = await signIn(hub);
  assert.ok((await client.tokenIntrospection(crm, again.tokens.access_token)).active);
  assert.ok((await verifyExport(hub.services.store.audit.export({}))).ok, 'the record is whole');
  t.diagnostic(`green after ${greenMs} ms`);
  figure(t, holds(`${t.name}: granted falsely, left half-done`, `${times.length} refusals`));
  figure(t, atMost(`${t.name}: readiness red`, redMs, 1000));
  figure(t, atMost(`${t.name}: refused with 503, the slowest`, Math.max(...times), 2000));
  figure(t, atMost(`${t.name}: full service again`, wellMs, 5000));
  const heapGrowth = { value: `${grown.toFixed(1)} MiB`, aim: '<= 50 MiB', met: grown <= 50 };
  figure(t, { name: `${t.name}: heap growth`, ...heapGrowth });
  // Among other tests the machine is not its own; the long form runs by itself.
  if (!isLong) return;
  assert.ok(redMs <= 1000 && Math.max(...times) <= 2000 && wellMs <= 5000 && grown <= 50, 'in time');
}

/** Asks for readiness until it is so. @returns after how long, in ms */
async function turning({ issuer }: Company, status: number): Promise<number> {
  const since = performance.now();
  while ((await fetch(`${issuer}/readyz`)).status !== status) {
    assert.ok(performance.now() - since < 15_000, `no ${status} within 15 s`);
    await sleep(50);
  }
  return Math.round(performance.now() - since);
}
