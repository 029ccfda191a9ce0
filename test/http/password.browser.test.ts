/** The hint beside a new password: computed in the browser, with nothing sent anywhere. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startChromium } from '#test/support/chromium.ts';
import { checkPage, pagesHub, signInPage } from './support.ts';

test('while a new password is typed the page says how hard it is to guess, and sends nothing', async (t) => {
  const browser = await startChromium(t);
  if (browser === undefined) return;
  const hub = await pagesHub(t);
  await hub.person('anna');
  const page = await (await browser.newContext()).newPage();
  await signInPage(page, hub, 'anna');
  await page.goto(`${hub.issuer}/account/password`);
  const asked: string[] = [];
  // The icon may be fetched at any time.
  page.on(
    'request',
    (request) =>
      request.url().includes('/static/icon') ||
      asked.push(`${request.method()} ${new URL(request.url()).pathname.split('.')[0]}`),
  );
  const said = page.locator('.strength span');
  await page.locator('#password').pressSequentially('liverpool chelsea');
  await said.filter({ hasText: 'Easy to guess' }).waitFor();
  await checkPage(page, 'the hint');
  await page.fill('#password', 'silent otter maps');
  await said.filter({ hasText: 'guess' }).waitFor();
  await page.fill('#password', 'otter silent q');
  await said.filter({ hasText: '1 more character' }).waitFor();
  await page.fill('#password', 'silent otter brings maps');
  await said.filter({ hasText: 'Very hard to guess' }).waitFor();
  // The person's own name counts here as it does in the hub.
  await page.fill('#password', 'anna@example.com anna');
  await said.filter({ hasText: 'Easy to guess' }).waitFor();
  assert.deepEqual(asked.sort(), ['GET /static/zxcvbn', 'GET /static/zxcvbn-lists']);
});
