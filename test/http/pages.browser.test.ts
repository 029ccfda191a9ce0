/** The pages in Chromium: with scripts off, at desk and phone width, light and dark, by keyboard alone. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { changeSystem } from '#actions/systems/change.ts';
import { passphrase } from '#test/support/booted.ts';
import { startChromium } from '#test/support/chromium.ts';
import { authorizeUrl, checkPage, operator, pagesHub, signInPage } from './support.ts';

const portalPages = [
  '/',
  '/account/access',
  '/account/data',
  '/account/activity',
  '/account/password',
  '/account/sessions',
  '/sign-out',
];

test('no page has serious faults of accessibility or scrolls sideways', async (t) => {
  const browser = await startChromium(t);
  if (browser === undefined) return;
  const hub = await pagesHub(t);
  await hub.person('anna', 'sales');
  await hub.person('clerk', 'clerk');
  for (const [width, colorScheme, locale] of [
    [1280, 'light', 'en'],
    [390, 'dark', 'pl'],
    [390, 'light', 'zh-TW'],
    [1280, 'dark', 'zh-CN'],
  ] as const) {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, locale });
    const page = await context.newPage();
    const seen = (what: string) => checkPage(page, `${what} at ${width}, ${colorScheme}, ${locale}`);
    await page.goto(authorizeUrl(hub.issuer, 'crm'));
    await seen('sign-in');
    await page.fill('#identifier', 'anna@example.com');
    await page.fill('#password', 'wrong');
    await page.click('button.main');
    await page.waitForSelector('.notice.bad');
    await seen('sign-in refused');
    await signInPage(page, hub, 'clerk');
    for (const path of portalPages) {
      await page.goto(hub.issuer + path);
      await seen(path);
    }
    await page.goto(authorizeUrl(hub.issuer, 'erp'));
    await seen('no access');
    await page.goto(authorizeUrl(hub.issuer, 'wiki'));
    await seen('consent');
    await page.goto(`${hub.issuer}/no-such-page`);
    await seen('error');
    await page.goto(`${hub.issuer}/authorize?client_id=nobody`);
    await seen('protocol error');
    await context.close();
  }
});

/** A system that receives codes, so that the browser has somewhere to arrive. */
async function landing(t: TestContext): Promise<string> {
  const server = createServer((_req, res) => res.setHeader('content-type', 'text/html').end('<title>there</title>'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://localhost:${(server.address() as AddressInfo).port}/callback`;
}

test('with scripts off and by keyboard alone one signs in, is led to the system, and signs out', async (t) => {
  const browser = await startChromium(t);
  if (browser === undefined) return;
  const hub = await pagesHub(t);
  await hub.person('anna', 'sales');
  const redirectUri = await landing(t);
  await changeSystem(hub.services, operator, 'crm', { redirectUris: [redirectUri] });
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await page.goto(authorizeUrl(hub.issuer, 'crm', { redirect_uri: redirectUri }));
  // The first field has the focus; on a busy machine the browser gives it a moment after the load.
  await page.locator('[name=identifier]:focus').waitFor();
  await page.keyboard.type('anna@example.com');
  await page.keyboard.press('Tab');
  await page.keyboard.type(passphrase);
  await page.keyboard.press('Enter');
  // Chromium would stop here if form-action did not allow the way to the system.
  await page.waitForURL(`${redirectUri}?code=**`);

  await page.goto(`${hub.issuer}/`);
  await page.keyboard.press('Tab');
  assert.equal(await page.locator(':focus').textContent(), 'Skip to the content');
  await page.locator('.menu summary').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Sign out' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(`${hub.issuer}/sign-out`);
  await page.locator('button.main').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(`${hub.issuer}/sign-out/done`);
});
