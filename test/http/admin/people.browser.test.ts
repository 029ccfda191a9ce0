/** An administrator keeps the company's people in Chromium: a file seen before it is loaded. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { changePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { findByLogin } from '#actions/people/find.ts';
import { publishPolicy } from '#actions/policy/publish.ts';
import { verifyExport } from '#domain/audit/verify.ts';
import { checkPage, operator, pagesHub, signInPage } from '#test/http/support.ts';
import { startChromium } from '#test/support/chromium.ts';

const policy = `
version: 1
domains:
  customer: { title: Customers, sides: [crm, erp], actions: [read, write] }
  credit: { title: Credit, sides: [erp], actions: [approve] }
roles:
  sales: { title: Sales representative, grants: { crm: [customer:read, customer:write] } }
  finance: { title: Credit control, grants: { erp: [credit:approve, customer:read] } }
assign:
  - { role: sales, when: { department: Sales } }
  - { role: finance, when: { department: Finance } }
separation:
  - { id: customer-credit, title: Customers and credit, mode: warn, conflict: [{ system: crm, permission: customer:write }, { system: erp, permission: credit:approve }] }
`;

async function looks(page: Page, what: string): Promise<void> {
  for (const [width, colorScheme] of [
    [1280, 'light'],
    [390, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await checkPage(page, `${what} at ${width}, ${colorScheme}`);
    // A folder for the pictures, for whoever wants to look at them.
    const folder = process.env.GATEHOUSE_LOOK;
    if (folder) await page.screenshot({ path: `${folder}/${what.replaceAll(' ', '-')}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

const file = (text: string) => ({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
const said = async (page: Page) => (await page.textContent('[role="status"], [role="alert"]')) ?? '';

test('a file is previewed, refused when somebody changed meanwhile, previewed again and loaded', async (t) => {
  const browser = await startChromium(t);
  if (browser === undefined) return;
  const hub = await pagesHub(t);
  await hub.person('owner', 'hub-owner');
  await publishPolicy(hub.services, operator, { text: policy, reason: 'for the test' });
  for (const [name, department] of [
    ['anna.lis', 'Sales'],
    ['olga.kern', 'Sales'],
    ['jan.mroz', 'Finance'],
  ] as const)
    await createPerson(hub.services, operator, {
      email: `${name}@x.example`,
      name: name.replace('.', ' '),
      department,
    });
  const page = await (await browser.newContext({ locale: 'en', reducedMotion: 'reduce' })).newPage();
  await signInPage(page, hub, 'owner');

  await page.goto(`${hub.issuer}/admin/people/import`);
  await looks(page, 'import');
  await page.setInputFiles('#file', { ...file(''), buffer: Buffer.from('email,name\n', 'utf16le') });
  await page.click('main button.main');
  assert.match((await page.textContent('main')) ?? '', /UTF-16; save it as UTF-8/);
  await looks(page, 'import refused');

  await page.goto(`${hub.issuer}/admin/people/import`);
  const lines = [
    'email,name,department,jobTitle,status,plants[]',
    'anna.lis@x.example,Anna Lis,Finance,Credit controller,,PL;CN',
    'olga.kern@x.example,olga kern,Sales,,disabled,',
    'ewa.gaj@x.example,Ewa Gaj,Sales,Representative,,',
  ];
  await page.setInputFiles('#file', file(`\uFEFF${lines.join('\r\n')}`));
  await page.check('input[name="leavers"]');
  await page.click('main button.main');
  await page.waitForURL(/\/import\/.+/);
  const text = (await page.textContent('main')) ?? '';
  for (const part of ['Credit controller', 'leaves', 'it is you', 'of 4 active people leave'])
    assert.ok(text.includes(part), `the preview tells ${part}`);
  await looks(page, 'import preview');

  const olga = (await findByLogin(hub.services, 'olga.kern@x.example')) ?? assert.fail();
  await changePerson(hub.services, operator, olga.id, { jobTitle: 'Lead' });
  await page.check('input[name="confirmLeavers"]');
  await page.click('form[action$="/apply"] button');
  assert.match(await said(page), /no longer what you saw[\s\S]*olga\.kern@x\.example: was changed meanwhile/);
  await looks(page, 'import differs');
  assert.equal(await findByLogin(hub.services, 'ewa.gaj@x.example'), undefined);

  await page.click('form[action$="/again"] button');
  await page.check('input[name="confirmLeavers"]');
  await page.click('form[action$="/apply"] button');
  await page.waitForURL(/\/admin\/people$/);
  assert.match(await said(page), /1 new, 2 changed, 1 left/);
  assert.equal((await findByLogin(hub.services, 'jan.mroz@x.example'))?.status, 'disabled');
  assert.equal((await findByLogin(hub.services, 'anna.lis@x.example'))?.department, 'Finance');

  const jan = (await findByLogin(hub.services, 'jan.mroz@x.example')) ?? assert.fail();
  await page.goto(`${hub.issuer}/admin/people/${jan.id}`);
  await page.click('a[href$="/leaving"]');
  await page.waitForURL(/\/leaving$/);
  assert.match((await page.textContent('main')) ?? '', /Account disabled[\s\S]*Sessions alive[^0-9]*0/);
  await looks(page, 'leaving');

  await page.goto(`${hub.issuer}/admin/people/${jan.id}/erase`);
  await looks(page, 'erase');
  await page.fill('#reason', 'request 17');
  await page.click('main form[method="post"] button.danger');
  await page.waitForURL(/\/admin\/people$/);
  assert.match(await said(page), /Erased for good/);
  assert.equal(await findByLogin(hub.services, 'jan.mroz@x.example'), undefined);
  assert.equal((await verifyExport(hub.services.store.audit.export({}))).ok, true);
});
