/** The newcomer's journey in Chromium: sign in once, both systems, a customer, the crossing, the record, one sign-out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { seriousFaults, startChromium } from '#test/support/chromium.ts';
import { type Company, samplePerson, startCompany } from '#test/support/company.ts';

type Sound = (where: string) => Promise<void>;

/**
 * Judges the page in front: no serious fault of accessibility, nothing that scrolls sideways. Where scripts are off, axe
 * cannot run in it; then what was loaded is shown to `judge`, a page with scripts, under the same address.
 */
function soundness(page: Page, judge: Page): Sound {
  return async (where) => {
    if (judge !== page) {
      const body = (await page.content()).replaceAll(/<script\b/g, '<template');
      await judge.route(page.url(), (route) => route.fulfill({ body, contentType: 'text/html; charset=utf-8' }));
      await judge.goto(page.url());
      await judge.unrouteAll();
    }
    assert.deepEqual(await seriousFaults(judge), [], where);
    const sideways = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
    assert.equal(sideways, false, `${where} scrolls sideways`);
  };
}

async function signIn(page: Page, name: string): Promise<void> {
  const { email, passphrase } = samplePerson(name);
  await page.locator('#identifier').fill(email);
  await page.locator('#password').fill(passphrase);
  await page.locator('button.main').click();
}

async function walk(page: Page, { addresses }: Company, sound: Sound): Promise<void> {
  const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor();
  await page.goto(addresses.crm);
  assert.ok(page.url().startsWith(`${addresses.hub}/sign-in/`), 'the CRM sends to the hub');
  await sound('sign-in');
  await signIn(page, 'zofia');
  await page.waitForURL(`${addresses.crm}/`);
  await heading('Customers');
  await sound('customers');

  await page.getByRole('link', { name: '宏达贸易' }).click();
  for (const part of ['Shipments', 'Promise dates', 'Invoices', 'Open balance']) await heading(part);
  assert.equal(await page.getByText('cannot be shown').count(), 0);
  await sound('customer');

  await page
    .getByRole('link', { name: /^O-\d{4}$/ })
    .first()
    .click();
  await page.waitForURL(`${addresses.erp}/orders/O-*`);
  await sound('order');

  await page.goto(addresses.hub);
  for (const system of ['Customer desk', 'Back office']) await heading(system);
  await sound('launchpad');
  await page.getByRole('link', { name: 'Back office', exact: true }).first().click();
  await page.waitForURL((url) => url.origin === addresses.erp);
  for (const path of ['/account/access', '/account/activity']) {
    await page.goto(addresses.hub + path);
    await sound(path);
  }
  assert.match(
    (await page.locator('main').textContent()) ?? '',
    /Customer desk[\s\S]*Back office/,
    'the crossing is on record',
  );

  await page.goto(addresses.crm);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${addresses.crm}/signed-out`);
  await sound('signed out');
  await page.waitForTimeout(500);
  for (const address of [addresses.erp, addresses.crm, addresses.hub]) {
    await page.goto(address);
    assert.ok(page.url().startsWith(`${addresses.hub}/sign-in/`), `${address} asks to sign in again`);
  }
}

async function refused(page: Page, { addresses }: Company, sound: Sound): Promise<void> {
  await page.goto(addresses.crm);
  await signIn(page, 'piotr');
  await page.waitForURL(`${addresses.hub}/no-access/**`);
  await sound('no access');
  await page.locator('button[name=answer]').click();
  await page.getByRole('heading', { name: 'You may not use Customer desk' }).waitFor();
  await sound('refused at the system');
}

async function withoutInvoices(page: Page, { addresses }: Company, sound: Sound): Promise<void> {
  await page.goto(`${addresses.crm}/customers/C-1002`);
  await signIn(page, 'hannah');
  await page.waitForURL(`${addresses.crm}/customers/C-1002`);
  await page.getByText('Invoices cannot be shown: your rights in the ERP do not include invoice:read').waitFor();
  await sound('customer without invoices');
}

async function audited(page: Page, { addresses }: Company, sound: Sound): Promise<void> {
  await page.goto(`${addresses.hub}/admin/audit`);
  await signIn(page, 'charlotte');
  await page.waitForURL(`${addresses.hub}/admin/audit`);
  assert.match((await page.locator('main').textContent()) ?? '', /Zofia Malinowska/);
  await sound('audit');
  for (const path of ['/admin', '/admin/people', '/admin/systems', '/admin/policy']) {
    await page.goto(addresses.hub + path);
    await sound(path);
  }
}

for (const [width, javaScriptEnabled] of [
  [1280, true],
  [1280, false],
  [390, true],
  [390, false],
] as const) {
  test(`the newcomer's journey at ${width} px with scripts ${javaScriptEnabled ? 'on' : 'off'}`, async (t) => {
    const browser = await startChromium(t);
    if (browser === undefined) return;
    const company = await startCompany(t);
    const view = { viewport: { width, height: 844 }, locale: 'en-GB' };
    const judge = javaScriptEnabled ? undefined : await (await browser.newContext(view)).newPage();
    for (const part of [walk, refused, withoutInvoices, audited]) {
      const context = await browser.newContext({ ...view, javaScriptEnabled });
      context.setDefaultTimeout(15_000);
      const page = await context.newPage();
      await part(page, company, soundness(page, judge ?? page));
      await context.close();
    }
  });
}
