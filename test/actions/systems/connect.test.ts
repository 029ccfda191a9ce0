/** Connecting a product, rotating and duplicating, as pages, API and command line call it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsOf } from '#actions/systems/change.ts';
import { connectSystem } from '#actions/systems/connect.ts';
import { createSystem } from '#actions/systems/create.ts';
import { duplicateSystem } from '#actions/systems/duplicate.ts';
import { guideFor } from '#actions/systems/guide.ts';
import { rotateSecret } from '#actions/systems/rotate-secret.ts';
import type { Origin } from '#domain/audit/event.ts';
import type { HubError } from '#domain/errors.ts';
import { type SystemInput, withDefaults } from '#settings/system.ts';
import { bootHub } from '#test/support/booted.ts';

const operator: Origin = { actor: { kind: 'operator' } };
const desk = { provider: 'generic', title: 'Customer desk', url: 'https://desk.example/' };

test('a title and an address make a whole system, its secret and its guide', async (t) => {
  const { services } = await bootHub(t);
  const made = await connectSystem(services, operator, desk);
  assert.equal(made.system.id, 'customer-desk');
  assert.equal(made.system.settings.url, 'https://desk.example');
  assert.match(made.secret ?? '', /^[A-Za-z0-9]{43}$/);
  assert.ok(made.system.redirectUris.every((uri) => uri.startsWith('https://desk.example/')));
  assert.ok(made.system.redirectUris.length > 0);
  const values = made.guide.map(({ value }) => value).join('\n');
  for (const value of [made.secret ?? '', 'customer-desk', services.settings.issuer, ...made.system.redirectUris]) {
    assert.ok(values.includes(value), `${value} in the guide`);
  }
  assert.ok(!values.includes('{'), values);
  const later = guideFor(services, made.system)
    .map(({ value }) => value)
    .join('\n');
  assert.ok(!later.includes(made.secret ?? '-'));
  assert.ok(later.includes('{clientSecret}'));
});

test('the same title again takes an id of its own', async (t) => {
  const { services } = await bootHub(t);
  await connectSystem(services, operator, desk);
  assert.equal((await connectSystem(services, operator, desk)).system.id, 'customer-desk-2');
  assert.equal((await connectSystem(services, operator, { ...desk, title: '客户' })).system.id, 'generic');
});

const faulty: [what: string, answers: object, path: string][] = [
  ['no address', { url: undefined }, 'url'],
  ['no web address', { url: 'desk' }, 'url'],
  ['an address with a query', { url: 'https://desk.example/?a=b' }, 'url'],
  ['an unknown product', { provider: 'generik' }, 'provider'],
  ['an empty title', { title: ' ' }, 'title'],
];
for (const [what, answers, path] of faulty) {
  test(`${what} is a fault of ${path} alone`, async (t) => {
    const { services } = await bootHub(t);
    await assert.rejects(connectSystem(services, operator, { ...desk, ...answers }), (error: HubError) => {
      assert.deepEqual([...new Set(error.faults.map((fault) => fault.path))], [path]);
      return true;
    });
  });
}

test('every module with a client template connects with an address and what it asks for', async (t) => {
  const { services } = await bootHub(t);
  for (const module of services.modules.values()) {
    if (module.client === undefined) continue;
    const settings = {
      tenant: 'acme',
      account: '1234567',
      suffix: 'gatehouse',
      key: 'gatehouse',
      provider: 'gatehouse',
    };
    const made = await connectSystem(services, operator, {
      provider: module.id,
      title: module.title,
      url: 'https://product.example',
      settings: Object.fromEntries(
        [...JSON.stringify(module).matchAll(/\{settings\.([A-Za-z]+)\}/g)].map(([, name = '']) => [
          name,
          settings[name as keyof typeof settings] ?? (name.endsWith('Url') ? 'https://acme.example.com' : 'acme'),
        ]),
      ),
    });
    assert.equal(made.system.provider, module.id);
    const open = made.guide.filter(({ value }) => /\{(base|clientId|redirectUri|settings\.)/.test(value));
    assert.deepEqual(open, [], `${module.id} leaves a gap in its guide`);
  }
});

test('a duplicate has its own id, client and secret, and none of the hub’s scopes', async (t) => {
  const { services } = await bootHub(t);
  const first = await connectSystem(services, operator, {
    ...desk,
    api: { audience: 'urn:desk' },
    machine: { scopes: ['hub:read'] },
  });
  const second = await duplicateSystem(services, operator, first.system, { title: 'Customer desk (test)' });
  assert.equal(second.system.id, 'customer-desk-test');
  assert.deepEqual(second.system.redirectUris, first.system.redirectUris);
  assert.deepEqual([second.system.api, second.system.machine], [undefined, undefined]);
  assert.notEqual(second.secret, first.secret);
  assert.equal(settingsOf(services, second.system).clientSecret, second.secret);
});

test('what the configuration keeps is not rotated here', async (t) => {
  const { services } = await bootHub(t);
  const input = { id: 'kept', title: 'Kept', side: 'crm', redirectUris: ['https://kept.example/'], clientSecret: 'x' };
  await createSystem(services, operator, withDefaults(input as unknown as SystemInput), 'config');
  await assert.rejects(rotateSecret(services, operator, 'kept'), { code: 'conflict' });
});

test('rotation writes who, why and until when, and no secret', async (t) => {
  const { services } = await bootHub(t);
  const { system, secret: first } = await connectSystem(services, operator, desk);
  const { secret } = await rotateSecret(services, operator, system.id, { reason: 'left on a laptop' });
  const { items } = await services.store.audit.query({ system: system.id, type: 'system.changed' });
  assert.equal(items.length, 1);
  assert.equal(items[0]?.detail?.secret, 'rotated');
  assert.deepEqual(items[0]?.personal?.detail, { reason: 'left on a laptop' });
  assert.ok(!JSON.stringify(items).includes(secret) && !JSON.stringify(items).includes(first ?? '-'));
  await assert.rejects(rotateSecret(services, operator, system.id, { overlapMs: 40 * 86_400_000 }), {
    code: 'invalid',
  });
  await assert.rejects(rotateSecret(services, operator, system.id, { ifVersion: 1 }), { code: 'stale' });
});
