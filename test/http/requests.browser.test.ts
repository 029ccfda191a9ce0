/** An employee asks for a role in Chromium, an admin approves it, and the launchpad shows what it opens. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { policyInForce } from '#actions/policy/in-force.ts';
import { publishPolicy } from '#actions/policy/publish.ts';
import { accessRequests } from '#storage/collections.ts';
import { startChromium } from '#test/support/chromium.ts';
import { checkPage, operator, pagesHub, signInPage } from './support.ts';

test('from asking to the launchpad, and a standing breach that somebody answers for', async (t) => {
  const browser = await startChromium(t);
  if (browser === undefined) return;
  const hub = await pagesHub(t);
  await hub.person('owner', 'hub-owner');
  await hub.person('anna');
  const { text } = await policyInForce(hub.services);
  const apart = `separation:
  - id: ship
    title: Who sells does not see shipments
    conflict: [{ system: crm, permission: customer:write }, { system: erp, permission: shipment:read }]
    mode: warn
`;
  await publishPolicy(hub.services, operator, { text: text + apart, reason: 'for the test' });
  const open = async (name: string): Promise<Page> => {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en' })).newPage();
    await signInPage(page, hub, name);
    return page;
  };
  const anna = await open('anna');
  await anna.goto(hub.issuer);
  assert.doesNotMatch(await anna.innerText('main'), /Customer desk/);
  await anna.goto(`${hub.issuer}/account/access`);
  await anna.click('a[href="/account/requests#ask"]');
  await anna.selectOption('#role', 'sales');
  await anna.fill('#reason', 'the fair in May');
  await anna.click('#ask button.main');
  await anna.waitForURL(`${hub.issuer}/account/requests`);
  assert.match(await anna.innerText('main'), /waiting[\s\S]*the fair in May/);
  await look(anna, 'request-asked');

  // A first and a last day that were given stay where the form is sent as it is shown.
  await anna.click('details.fold summary');
  await anna.fill('[name=from]:visible >> nth=-1', '2999-01-02');
  await anna.fill('[name=until]:visible >> nth=-1', '2999-02-03');
  await anna.click('details.fold button');
  await anna.click('details.fold summary');
  assert.equal(await anna.inputValue('article [name=from]'), '2999-01-02');
  assert.equal(await anna.inputValue('article [name=until]'), '2999-02-03');
  await anna.fill('article [name=reason]', 'the fair in May, again');
  await anna.click('details.fold button');
  const [kept] = (await hub.services.store.find(accessRequests, { where: { state: 'open' } })).items;
  assert.deepEqual(
    [kept?.from, kept?.until, kept?.reason],
    [Date.UTC(2999, 0, 2), Date.UTC(2999, 1, 4), 'the fair in May, again'],
  );
  await anna.click('details.fold summary');
  await anna.fill('article [name=from]', '');
  await anna.fill('article [name=until]', '');
  await anna.fill('article [name=reason]', 'the fair in May');
  await anna.click('details.fold button');

  const owner = await open('owner');
  await owner.goto(`${hub.issuer}/admin/requests`);
  assert.match(await owner.innerText('main'), /anna[\s\S]*the fair in May[\s\S]*Who sells does not see shipments/);
  await look(owner, 'request-admin');
  await owner.fill('input[name=reason]', 'is right');
  await owner.click('button[value=approve]');
  await owner.waitForURL(`${hub.issuer}/admin/requests`);
  assert.match(await owner.innerText('main'), /the role is assigned/);

  await anna.goto(hub.issuer);
  assert.match(await anna.innerText('main'), /Customer desk/);

  await owner.goto(`${hub.issuer}/admin/conflicts`);
  await look(owner, 'conflicts');
  await owner.click('th[scope=row] a');
  await owner.fill('#reason', 'nobody else is there');
  await owner.fill('#until', new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10));
  await owner.click('form.form button.main');
  await owner.waitForURL(`${hub.issuer}/admin/conflicts/ship/*`);
  assert.match(await owner.innerText('main'), /accepted for a while[\s\S]*days left[\s\S]*nobody else is there/);
  await look(owner, 'conflict');
});

/** Checked as every page is, at both widths. */
async function look(page: Page, name: string): Promise<void> {
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    await checkPage(page, `${name} at ${width}`);
  }
}
