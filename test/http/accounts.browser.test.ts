/** *Systems → (system) → Accounts* in Chromium: the plan of a system in preview, and what the product has once it is on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { driftOf } from '#actions/provisioning/drift.ts';
import { changeSystem } from '#actions/systems/change.ts';
import { systems } from '#storage/collections.ts';
import { startChromium } from '#test/support/chromium.ts';
import { scimProduct } from '#test/support/products/scim.ts';
import { keep, serveProduct } from '#test/support/products/server.ts';
import { checkPage, pagesHub, signInPage } from './support.ts';

test('the accounts of a product are compared on its page, and carried once it is on', async (t) => {
  const browser = await startChromium(t);
  if (browser === undefined) return;
  const hub = await pagesHub(t);
  await hub.person('owner', 'hub-owner');
  const anna = await hub.person('anna', 'sales');
  const product = await serveProduct(t, scimProduct('rfc', ['Sales', 'Export', 'Old']));
  keep(product.accounts, { login: anna.username ?? anna.email ?? 'anna', email: 'anna@x.example', roles: ['Old'] });
  keep(product.accounts, { login: 'machine.shop-floor', email: '' });
  const operator = { actor: { kind: 'operator' } } as const;
  const crm = await hub.services.store.get(systems, 'crm');
  const names = Object.fromEntries(['customer:read', 'customer:write', 'order:read'].map((one) => [one, ['Sales']]));
  const provisioning = {
    connector: 'scim',
    url: product.url,
    token: 'the token',
    accounts: 'create',
    roles: 'replace',
  } as const;
  await changeSystem(hub.services, operator, 'crm', {
    settings: { ...crm?.settings, nativeRoles: names },
    provisioning: { ...provisioning, mode: 'preview' },
  });
  await driftOf(hub.services, operator, 'crm');
  for (const [width, colorScheme, locale] of [
    [1280, 'light', 'en'],
    [390, 'dark', 'pl'],
  ] as const) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, locale });
    const page = await context.newPage();
    await signInPage(page, hub, 'owner');
    await page.goto(`${hub.issuer}/admin/systems/crm/accounts`);
    await checkPage(page, `accounts, ${width}`);
    await page.locator('button[value=plan]').click();
    await page.getByText('machine.shop-floor').waitFor();
    await checkPage(page, `plan, ${width}`);
    const shown = await page.locator('main').innerText();
    for (const word of ['machine.shop-floor', '− Old', '+ Sales'])
      assert.ok(shown.includes(word), `${word} in\n${shown}`);
    assert.equal(await page.locator('button[value=apply]').count(), 0, 'a preview applies nothing');
    await context.close();
  }
  assert.deepEqual(product.accounts.get('100')?.roles, ['Old'], 'nothing was written there');
  await changeSystem(hub.services, operator, 'crm', { provisioning: { ...provisioning, mode: 'on' } });
  while (product.accounts.get('100')?.roles.join() !== 'Sales')
    await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual(product.accounts.get('101')?.roles, [], 'a stranger is left alone');
});
