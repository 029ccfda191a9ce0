/** Connecting and changing systems in the console, without script: what is shown once, who is asked what, which edit is stale. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectSystem } from '#actions/systems/connect.ts';
import { createSystem } from '#actions/systems/create.ts';
import { sections } from '#http/admin/systems/fields.ts';
import { type SystemInput, systemShape, withDefaults } from '#settings/system.ts';
import { type BootedHub, bootHub } from '#test/support/booted.ts';
import type { Answer, Browser } from '#test/support/browser.ts';
import { operator, signedInBrowser, tokenIn } from '../support.ts';

type Context = Parameters<typeof bootHub>[0];

async function consoleOf(t: Context): Promise<{ hub: BootedHub; browser: Browser }> {
  const hub = await bootHub(t);
  await hub.person('owner', 'hub-owner');
  return { hub, browser: await signedInBrowser(hub.issuer, 'owner@example.com') };
}

/** Sends the form of a page. */
async function send(hub: BootedHub, browser: Browser, page: string, to: string, fields: Record<string, string>) {
  const form = await browser.get(`${hub.issuer}${page}`);
  assert.equal(form.status, 200, form.text);
  return browser.post(`${hub.issuer}${to}`, { csrf: tokenIn(form), ...fields });
}

const next = (hub: BootedHub, browser: Browser, { location }: Answer) =>
  browser.get(new URL(location ?? '/', hub.issuer).href);

/** Values of the fields of a form as a browser would send them. */
function fieldsOf({ text }: Answer): Record<string, string> {
  const values: Record<string, string> = {};
  const form = text.slice(text.indexOf('/change"'));
  for (const [tag] of form.matchAll(/<input [^>]*>/g)) {
    const name = /name="([^"]+)"/.exec(tag)?.[1] ?? '';
    const value = /value="([^"]*)"/.exec(tag)?.[1] ?? '';
    if (tag.includes('checkbox') && !/ checked/.test(tag)) continue;
    values[name] = value;
  }
  for (const [, name = '', value = ''] of form.matchAll(/<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</g))
    values[name] = value;
  for (const [, name = '', inner = ''] of form.matchAll(/<select[^>]* name="([^"]+)"[^>]*>(.*?)<\/select>/gs)) {
    values[name] = /value="([^"]*)" selected/.exec(inner)?.[1] ?? '';
  }
  return values;
}

test('the form asks for every field of the configuration but the id and the secret', () => {
  const asked = sections.flatMap(({ fields }) => fields).map(({ name }) => name.split('.')[0] ?? '');
  const apart = ['id', 'clientSecret', 'clientSecretFile'];
  assert.deepEqual(
    [...new Set(asked)].sort(),
    Object.keys(systemShape)
      .filter((key) => !apart.includes(key))
      .sort(),
  );
});

test('a product is found, connected, and its secret shown once', async (t) => {
  const { hub, browser } = await consoleOf(t);
  const found = await browser.get(`${hub.issuer}/admin/systems/new?q=espo`);
  assert.match(found.text, /provider=espocrm/);
  assert.doesNotMatch(found.text, /provider=odoo"/);
  const page = '/admin/systems/new?provider=generic';
  const empty = await send(hub, browser, page, '/admin/systems', { provider: 'generic', title: '', url: 'desk' });
  assert.equal(empty.status, 422);
  assert.match(empty.text, /id="title-fault"/);
  assert.match(empty.text, /id="url-fault"/);
  const answers = { provider: 'generic', title: 'Desk', url: 'https://desk.example', side: 'crm' };
  const done = await send(hub, browser, page, '/admin/systems', answers);
  assert.deepEqual([done.status, done.location], [303, '/admin/systems/desk/guide']);
  const guide = await next(hub, browser, done);
  const [secret = ''] = guide.text.match(/\b[A-Za-z0-9]{43}\b/) ?? [];
  assert.notEqual(secret, '', guide.text);
  assert.equal(guide.headers.get('cache-control'), 'no-store');
  const again = await next(hub, browser, done);
  assert.ok(!again.text.includes(secret), 'a reload does not show it again');
  const { items } = await hub.services.store.audit.query({ system: 'desk' });
  assert.ok(!JSON.stringify(items).includes(secret));
});

test('a change keeps the rest, names its faults, and the second of two is stale', async (t) => {
  const { hub, browser } = await consoleOf(t);
  const { system } = await connectSystem(hub.services, operator, {
    provider: 'generic',
    title: 'Desk',
    url: 'https://desk.example',
  });
  const path = '/admin/systems/desk/change';
  const shown = await browser.get(`${hub.issuer}${path}`);
  const fields = fieldsOf(shown);
  assert.equal(fields.redirectUris, system.redirectUris.join('\n'));
  const same = await browser.post(`${hub.issuer}${path}`, fields);
  assert.equal(same.status, 303, same.text);
  assert.equal(
    (await hub.services.store.audit.query({ type: 'system.changed' })).items.length,
    0,
    'nothing was changed',
  );
  const wrong = { ...fields, redirectUris: 'http://public.example/', settings: 'a: [', 'session.idle': 'long' };
  const refused = await browser.post(`${hub.issuer}${path}`, wrong);
  assert.equal(refused.status, 422);
  for (const name of ['redirectUris', 'settings', 'session.idle'])
    assert.match(refused.text, new RegExp(`id="${name}-fault"`), name);
  const better = { ...fields, title: 'Front desk', open: 'yes', 'api.audience': 'urn:desk', 'session.idle': '15m' };
  assert.equal((await browser.post(`${hub.issuer}${path}`, better)).status, 303);
  const stored = await hub.services.store.get((await import('#storage/collections.ts')).systems, 'desk');
  assert.deepEqual(
    [stored?.title, stored?.open, stored?.api, stored?.session],
    ['Front desk', true, { audience: 'urn:desk' }, { idle: '15m' }],
  );
  assert.equal(stored?.clientSecretSealed, system.clientSecretSealed);
  assert.equal((await browser.post(`${hub.issuer}${path}`, { ...fields, title: 'Mine' })).status, 412);
  const history = await browser.get(`${hub.issuer}/admin/systems/desk/history`);
  assert.match(history.text, /Desk<\/del>|Front desk/);
  assert.match(history.text, /by owner/);
});

test('a secret is rotated for a reason, and the guide shows the new one once', async (t) => {
  const { hub, browser } = await consoleOf(t);
  const made = await connectSystem(hub.services, operator, {
    provider: 'generic',
    title: 'Desk',
    url: 'https://desk.example',
  });
  const path = '/admin/systems/desk/rotate';
  const silent = await send(hub, browser, path, path, { version: '1', overlap: '24h', reason: '' });
  assert.equal(silent.location, path);
  const done = await send(hub, browser, path, path, { version: '1', overlap: '24h', reason: 'yearly' });
  assert.equal(done.location, '/admin/systems/desk/guide');
  const [secret = ''] = (await next(hub, browser, done)).text.match(/\b[A-Za-z0-9]{43}\b/) ?? [];
  assert.ok(secret !== '' && secret !== made.secret);
  assert.match((await browser.get(`${hub.issuer}/admin/systems/desk`)).text, /previous client secret is still valid/);
});

test('what the configuration keeps is shown as YAML and not changed here', async (t) => {
  const { hub, browser } = await consoleOf(t);
  const input = {
    id: 'kept',
    title: 'Kept',
    side: 'crm',
    redirectUris: ['https://kept.example/'],
    clientSecret: 'not-for-pages',
  };
  await createSystem(hub.services, operator, withDefaults(input as unknown as SystemInput), 'config');
  const page = await browser.get(`${hub.issuer}/admin/systems/kept/change`);
  assert.match(page.text, /- id: kept/);
  assert.doesNotMatch(page.text, /not-for-pages|<textarea/);
  for (const act of ['change', 'rotate', 'remove']) {
    const form = await browser.get(`${hub.issuer}/admin/systems/kept`);
    await browser.post(`${hub.issuer}/admin/systems/kept/${act}`, {
      csrf: tokenIn(form),
      version: '1',
      reason: 'x',
      title: 'Mine',
    });
  }
  const { items } = await hub.services.store.audit.query({ system: 'kept' });
  assert.deepEqual(
    items.map(({ type }) => type),
    ['system.created'],
  );
});

test('a system is removed with a reason, after what depends on it was shown', async (t) => {
  const { hub, browser } = await consoleOf(t);
  await connectSystem(hub.services, operator, { provider: 'generic', title: 'Desk', url: 'https://desk.example' });
  const path = '/admin/systems/desk/remove';
  assert.equal((await send(hub, browser, path, path, { version: '1', reason: '' })).location, path);
  assert.equal((await send(hub, browser, path, path, { version: '1', reason: 'replaced' })).location, '/admin/systems');
  assert.equal((await browser.get(`${hub.issuer}/admin/systems/desk`)).status, 404);
});

test('a sign-in is played: refused with the remedy, then through to the claims, on the record, without a secret', async (t) => {
  const { hub, browser } = await consoleOf(t);
  const { secret = '' } = await connectSystem(hub.services, operator, {
    provider: 'generic',
    title: 'Desk',
    url: 'http://localhost:9',
    side: 'crm',
  });
  const path = '/admin/systems/desk/test';
  const closed = await send(hub, browser, path, path, { person: '' });
  assert.equal(closed.status, 200, closed.text);
  assert.match(closed.text, /You may not sign in to this system/);
  assert.match(closed.text, /Assign yourself a role/);
  const change = '/admin/systems/desk/change';
  const fields = fieldsOf(await browser.get(`${hub.issuer}${change}`));
  await browser.post(`${hub.issuer}${change}`, { ...fields, open: 'yes' });
  await hub.person('anna');
  const open = await send(hub, browser, path, path, { person: 'ANNA@example.com' });
  assert.match(open.text, /The sign-in works/);
  assert.match(open.text, /issuer, audience, time and nonce are right/);
  assert.match(open.text, /anna@example\.com/);
  assert.ok(!open.text.includes(secret) && !/eyJ[A-Za-z0-9_-]{20}/.test(open.text), 'no secret and no token');
  const { items } = await hub.services.store.audit.query({ system: 'desk', type: 'entry.' });
  assert.deepEqual(items.map(({ type }) => type).sort(), ['entry.denied', 'entry.granted']);
  assert.equal((await send(hub, browser, path, path, { person: 'who?' })).status, 422);
  assert.equal((await browser.get(`${hub.issuer}/admin/systems/desk`)).status, 200, 'the session goes on');
});

test('secrets for carrying accounts go in by the form, stay at their address, and never come out', async (t) => {
  const { hub, browser } = await consoleOf(t);
  await connectSystem(hub.services, operator, { provider: 'generic', title: 'Desk', url: 'https://desk.example' });
  const path = '/admin/systems/desk/change';
  const put = async (provisioning: string) => {
    const fields = fieldsOf(await browser.get(`${hub.issuer}${path}`));
    return browser.post(`${hub.issuer}${path}`, { ...fields, provisioning });
  };
  const token = 'token-of-the-product';
  const at = (url: string) => `connector: scim\nurl: ${url}\nmode: preview`;
  assert.equal((await put(`${at('https://desk.example/scim')}\ntoken: ${token}`)).status, 303);
  assert.doesNotMatch((await browser.get(`${hub.issuer}${path}`)).text, new RegExp(token));
  assert.equal((await put(`${at('https://desk.example/scim')}\ncheck: 1h`)).status, 303, 'the secret is kept');
  const moved = await put(at('https://elsewhere.example/scim'));
  assert.equal(moved.status, 422, 'and asked for again at another address');
  const faulty = await put(`${at('nonsense')}\ntoken: ${token}`);
  assert.equal(faulty.status, 422);
  assert.doesNotMatch(faulty.text, new RegExp(token));
  const twin = await send(hub, browser, '/admin/systems/desk/duplicate', '/admin/systems/desk/duplicate', {
    title: 'Twin',
  });
  assert.equal(twin.location, '/admin/systems/twin/guide');
  assert.doesNotMatch((await browser.get(`${hub.issuer}/admin/systems/twin/change`)).text, /connector: scim/);
});
