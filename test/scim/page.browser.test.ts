/** The page of a SCIM client in Chromium: wide and narrow, light and dark, in four languages, accessible. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { test } from 'node:test';
import { checkPage } from '#test/http/support.ts';
import { passphrase } from '#test/support/booted.ts';
import { startChromium } from '#test/support/chromium.ts';
import { scimHub, userOf } from '#test/support/scim.ts';

test('an administrator reads the page and makes a token', async (t) => {
  const browser = await startChromium(t);
  if (browser === undefined) return;
  const { hub, call } = await scimHub(t);
  await hub.person('owner', 'hub-owner');
  await call('POST', '/Users', userOf('mia', { displayName: 'Mia Lund' }));
  await call('POST', '/Users', userOf('owner@example.com'));
  await call('GET', '/Users');
  await call('PATCH', '/Users/nobody', {});
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(`${hub.issuer}/admin`);
  await page.fill('#identifier', 'owner@example.com');
  await page.fill('#password', passphrase);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/admin');
  await page.goto(`${hub.issuer}/admin/systems/robot-hub-scim`);
  await page.locator('main').getByRole('link', { name: /SCIM/ }).click();
  await page.getByRole('button', { name: 'Create token' }).click();
  assert.match(await page.getByRole('status').innerText(), /ghs_/);
  const folder = process.env.SHOTS;
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  for (const [name, language, width, colorScheme] of [
    ['en-wide', undefined, 1280, 'light'],
    ['en-narrow', undefined, 390, 'dark'],
    ['pl', 'pl', 1280, 'dark'],
    ['zh-Hans', 'zh-Hans', 390, 'light'],
    ['zh-Hant', 'zh-Hant', 1024, 'light'],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    if (language !== undefined) await page.goto(`${hub.issuer}/admin/systems/robot-hub-scim/scim?lang=${language}`);
    await checkPage(page, name);
    if (folder !== undefined) await page.screenshot({ path: `${folder}/scim-${name}.png`, fullPage: true });
  }
});
