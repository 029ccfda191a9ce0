/** An admin changes the policy in Chromium: a role by form, who gains, publication with a reason, and back again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { effectiveAccess } from '#actions/access/effective.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import { startChromium } from '#test/support/chromium.ts';
import { checkPage, pagesHub, signInPage } from './support.ts';

test('from a form to publication and back', async (t) => {
  const browser = await startChromium(t);
  if (browser === undefined) return;
  const hub = await pagesHub(t);
  await hub.person('owner', 'hub-owner');
  const anna = await hub.person('anna', 'clerk');
  const held = async () => (await effectiveAccess(hub.services, anna)).systems.get('erp')?.permissions;
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en' });
  const page = await context.newPage();
  await signInPage(page, hub, 'owner');

  await page.goto(`${hub.issuer}/admin/policy`);
  const { number } = await policyInForce(hub.services);
  await page.click('a.main');
  await page.click('a[href="/admin/policy/draft/role?id=clerk"]');
  await look(page, 'role');

  // A fault first: the form says where and why, keeps what was chosen, and the draft is not begun.
  await page.click('details:has(input[name=includes]) > summary');
  await page.check('input[name=includes][value=sales]');
  await page.goto(`${hub.issuer}/admin/policy/draft/rule?role=clerk`);
  await page.fill('#attribute-0', 'department');
  await page.fill('#value-0', 'Office');
  await page.fill('#from', '2026-02-30');
  await page.click('button[value=keep]');
  assert.match(await page.innerText('[role=alert]'), /Line \d+, assign\[0\]\.from: "2026-02-30" is no date/);
  assert.equal(await page.inputValue('#value-0'), 'Office');
  await look(page, 'rule-refused');

  await page.goto(`${hub.issuer}/admin/policy/draft/role?id=clerk`);
  await page.check('input[value="crm customer:write"]');
  await page.click('details:has(input[value="erp shipment:read"]) > summary');
  await page.check('input[value="erp shipment:read"]');
  await page.click('button[value=keep]');
  await page.waitForURL(`${hub.issuer}/admin/policy/draft`);
  const row = await page.innerText('tr:has(a[href^="/admin/people/"])');
  assert.match(row, /anna[\s\S]*customer:write[\s\S]*shipment:read/);
  assert.match(await page.innerText('.changes'), /changed\s+role clerk/);
  assert.deepEqual(await held(), []);
  await look(page, 'draft');

  await page.fill('#reason', 'clerks answer for shipments');
  await page.click('#publish button.main');
  await page.waitForURL(`${hub.issuer}/admin/policy`);
  assert.match(await page.innerText('main'), new RegExp(`Version ${number + 1} is in force`));
  assert.deepEqual(await held(), ['shipment:read']);
  await look(page, 'policy');

  await page.goto(`${hub.issuer}/admin/policy/versions/${number}/rollback`);
  assert.match(await page.innerText('main'), /− shipment:read/);
  await look(page, 'rollback');
  await page.fill('#reason', 'too early');
  await page.click('#publish button.main');
  await page.waitForURL(`${hub.issuer}/admin/policy`);
  assert.deepEqual(await held(), []);
  const events = await hub.services.store.audit.query({ type: 'policy.', order: 'newest', limit: 2 });
  assert.deepEqual(
    events.items.map(({ type, detail }) => [type, detail?.reason]),
    [
      ['policy.rolled-back', 'too early'],
      ['policy.published', 'clerks answer for shipments'],
    ],
  );
});

test('a document is uploaded, its faults are told with their lines, and it is repaired', async (t) => {
  const browser = await startChromium(t);
  if (browser === undefined) return;
  const hub = await pagesHub(t);
  await hub.person('owner', 'hub-owner');
  const context = await browser.newContext({
    viewport: { width: 390, height: 900 },
    locale: 'en',
    colorScheme: 'dark',
  });
  const page = await context.newPage();
  await signInPage(page, hub, 'owner');
  const { text } = await policyInForce(hub.services);
  await page.goto(`${hub.issuer}/admin/policy/draft/document`);
  const faulty = Buffer.from(`${text}\nassigned: []\n`);
  await page.setInputFiles('#file', { name: 'roles.yaml', mimeType: 'text/yaml', buffer: faulty });
  await page.click('form.card button.main');
  assert.match(await page.innerText('main'), /Kept, with 1 fault/);
  assert.match(await page.innerText('main'), /Line \d+, assigned: The key "assigned" is not known here/);
  await look(page, 'document-faulty');
  await page.fill('#text', `${text}# 王静\n`);
  await page.click('form.card button.main');
  await page.waitForURL(`${hub.issuer}/admin/policy/draft`);
  assert.match(await page.innerText('.lines-diff'), /# 王静/);
  await look(page, 'draft-phone');
});

test('duties apart and a delegation are added by form, refused with the line, changed and taken out', async (t) => {
  const browser = await startChromium(t);
  if (browser === undefined) return;
  const hub = await pagesHub(t);
  await hub.person('owner', 'hub-owner');
  await hub.person('anna', 'sales');
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en' });
  const page = await context.newPage();
  await signInPage(page, hub, 'owner');
  const form = (part: string) => page.goto(`${hub.issuer}/admin/policy/draft/${part}`);
  const draft = `${hub.issuer}/admin/policy/draft`;
  const keep = () => page.click('button[value=keep]');

  await form('separation');
  await page.fill('#id', 'ship');
  await page.fill('#title', 'Who sells sees no shipments');
  await page.selectOption('#system-0', 'crm');
  await page.fill('#permission-0', 'customer:fly');
  await keep();
  assert.match(await page.innerText('[role=alert]'), /Line \d+, separation\[0\]/);
  assert.equal(await page.inputValue('#permission-0'), 'customer:fly', 'what was typed stays');
  await look(page, 'separation-refused');
  await page.fill('#permission-0', 'customer:write');
  await page.selectOption('#system-1', 'erp');
  await page.fill('#permission-1', 'shipment:read');
  await page.selectOption('#mode', 'warn');
  await keep();
  await page.waitForURL(draft);
  assert.match(await page.innerText('main'), /ship[\s\S]*anna/, 'the draft shows whom it would concern');
  await form('separation?index=0');
  assert.equal(await page.inputValue('#permission-1'), 'shipment:read');
  assert.equal(await page.inputValue('#mode'), 'warn');
  await look(page, 'separation');

  await form('delegation');
  await page.selectOption('#from', 'erp');
  await page.selectOption('#to', 'crm');
  await page.fill('#permissions', 'customer:read, shipment:read');
  await keep();
  assert.match(await page.innerText('[role=alert]'), /Line \d+, delegations\[1\]/, 'shipments are not in the CRM');
  await page.fill('#permissions', 'customer:read');
  await keep();
  await page.waitForURL(draft);
  assert.match(await page.innerText('.changes'), /delegation/);
  await form('delegation?index=1');
  assert.equal(await page.inputValue('#permissions'), 'customer:read');
  await look(page, 'delegation');
  await page.click('button[value=remove]');
  await page.waitForURL(draft);
  await page.fill('#reason', 'duties apart');
  await page.click('#publish button.main');
  await page.waitForURL(`${hub.issuer}/admin/policy`);
  const { document } = (await policyInForce(hub.services)).compiled;
  assert.deepEqual(
    [document.separation.map(({ id, mode }) => [id, mode]), document.delegations.map(({ from }) => from)],
    [[['ship', 'warn']], ['crm']],
  );
});

async function look(page: Page, name: string): Promise<void> {
  await checkPage(page, name);
}
