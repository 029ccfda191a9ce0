/** Sources in Chromium: first sign-in, home realm, linking; wide and narrow, four languages, with and without script. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { BootedHub } from '#test/support/booted.ts';
import { startChromium } from '#test/support/chromium.ts';
import { addSource, startUpstream, type Upstream } from '#test/support/upstream.ts';
import { authorizeUrl, checkPage, pagesHub, signInPage } from './support.ts';

interface Bed {
  readonly hub: BootedHub;
  readonly browser: Browser;
  readonly upstream: Upstream;
}

async function bed(t: TestContext): Promise<Bed | undefined> {
  const browser = await startChromium(t);
  if (browser === undefined) return undefined;
  const hub = await pagesHub(t);
  const upstream = await startUpstream(t);
  const attributes = { department: 'department', groups: 'groups' };
  await addSource(hub.services, upstream, { create: true, domains: ['hongda.example'], attributes });
  await addSource(hub.services, upstream, { id: 'closed', title: 'Partner portal', contact: 'Ewa Nowak, ext. 12' });
  return { hub, browser, upstream };
}

const wide = { width: 1280, height: 900 };
const narrow = { width: 390, height: 844 };

async function newPage(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: wide, locale: 'en-GB', ...options });
  context.setDefaultTimeout(15_000);
  return context.newPage();
}

/** Judges the page at both widths; with SHOTS=folder it is kept to be looked at. */
async function judge(page: Page, name: string): Promise<void> {
  for (const [width, viewport] of Object.entries({ wide, narrow })) {
    await page.setViewportSize(viewport);
    await checkPage(page, `${name} ${width}`);
    const folder = process.env.SHOTS;
    if (folder === undefined) continue;
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: `${folder}/${name}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize(wide);
}

for (const javaScriptEnabled of [true, false])
  test(`by keyboard to the source and back, scripts ${javaScriptEnabled ? 'on' : 'off'}`, async (t) => {
    const beds = await bed(t);
    if (beds === undefined) return;
    const { hub, browser, upstream } = beds;
    upstream.claims = { sub: 'k-1', email: 'wang@hongda.example', name: 'Wang Wei', department: 'Sales' };
    const page = await newPage(browser, { javaScriptEnabled });
    await page.goto(authorizeUrl(hub.issuer, 'crm'));
    if (javaScriptEnabled) await judge(page, 'sign-in');
    await page.fill('#identifier', 'wang@hongda.example');
    await page.getByRole('button', { name: 'Use my company’s sign-in' }).focus();
    await page.keyboard.press('Enter');
    // The new person holds nothing in the CRM yet.
    await page.getByRole('heading', { name: /Customer desk/ }).waitFor();
    assert.equal(upstream.asked.get('login_hint'), 'wang@hongda.example');
    await page.goto(`${hub.issuer}/`);
    await page.getByText('Wang Wei').first().waitFor();
    await page.goto(`${hub.issuer}/account/methods`);
    if (javaScriptEnabled) await judge(page, 'methods');
    await page.getByRole('button', { name: 'Unlink Head office' }).click();
    await page.getByText('This is your only way in.').waitFor();
  });

test('who is linked to nobody proves the account here, links, and comes in by the source next time', async (t) => {
  const beds = await bed(t);
  if (beds === undefined) return;
  const { hub, browser, upstream } = beds;
  upstream.claims = { sub: 'l-1', email: 'anna@example.com', name: 'Anna <b>Nowak</b>', email_verified: true };
  await hub.person('anna');
  const page = await newPage(browser);
  await page.goto(`${hub.issuer}/`);
  await page.getByRole('button', { name: 'Continue with Partner portal' }).click();
  await page.getByRole('heading', { name: 'Nobody here is linked to this yet' }).waitFor();
  await page.getByText('Anna <b>Nowak</b>').waitFor();
  await judge(page, 'unlinked');
  await page.getByRole('link', { name: 'Sign in and link' }).click();
  await page.fill('#identifier', 'anna@example.com');
  await page.fill('#password', 'correct horse battery staple');
  await page.click('button.main');
  await page.getByRole('heading', { name: 'Link Partner portal' }).waitFor();
  await judge(page, 'link');
  await page.getByRole('button', { name: 'Link Partner portal' }).click();
  await page.getByText('Partner portal is linked.').waitFor();
  await page.context().clearCookies();
  await page.goto(`${hub.issuer}/`);
  await page.getByRole('button', { name: 'Continue with Partner portal' }).click();
  await page.waitForURL(`${hub.issuer}/`);
  upstream.back = (url) => {
    url.searchParams.delete('code');
    url.searchParams.set('error', 'access_denied');
  };
  await page.context().clearCookies();
  await page.goto(`${hub.issuer}/`);
  await page.getByRole('button', { name: 'Continue with Partner portal' }).click();
  await page.getByText('was stopped there').waitFor();
  await judge(page, 'refused');
});

test('the console lists, makes, tries and shows sources, in every language', async (t) => {
  const beds = await bed(t);
  if (beds === undefined) return;
  const { hub, browser, upstream } = beds;
  upstream.claims = {
    sub: 'c-1',
    email: 'li@hongda.example',
    name: 'Li Na',
    department: 'Sales',
    groups: ['g-1', 'g-2'],
  };
  const visitor = await newPage(browser);
  await visitor.goto(`${hub.issuer}/`);
  await visitor.getByRole('button', { name: 'Continue with Head office' }).click();
  await visitor.waitForURL(`${hub.issuer}/`);
  await hub.person('owner', 'hub-owner');
  const page = await newPage(browser);
  await signInPage(page, hub, 'owner');
  await page.goto(`${hub.issuer}/admin/sources`);
  await judge(page, 'console-list');
  await page.getByRole('link', { name: 'Google Workspace' }).click();
  await page.fill('#id', 'google');
  await page.fill('#title', 'Google');
  await page.fill('#issuer', 'https://accounts.google.com');
  await page.fill('#clientId', 'hub');
  await page.fill('#hostedDomain', 'hongda.example');
  await page.fill('#domains', 'Bad_domain');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('is no mail domain').waitFor();
  await judge(page, 'console-form');
  await page.fill('#domains', 'google.example');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('Try it before you tell people.').waitFor();
  await page.goto(`${hub.issuer}/admin/sources/upstream`);
  await page.getByRole('button', { name: 'Try it' }).click();
  await page.getByRole('heading', { name: 'What was tried' }).waitFor();
  await judge(page, 'console-source');
  await page.getByRole('button', { name: 'Switch off' }).click();
  await page.getByText('the sessions begun through it have ended').waitFor();
  await visitor.goto(`${hub.issuer}/`);
  await visitor.getByRole('heading', { name: 'Sign in' }).waitFor();
  for (const lang of ['zh-Hans', 'zh-Hant', 'pl'])
    for (const path of [
      '/admin/sources',
      '/admin/sources/upstream',
      '/admin/sources/upstream/change',
      '/account/methods',
    ]) {
      await page.goto(`${hub.issuer}${path}?lang=${lang}`);
      await judge(page, `${lang}${path.replaceAll('/', '-')}`);
    }
});
