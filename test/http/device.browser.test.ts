/** A handheld in Chromium: without script, keyboard alone, in four languages, light and dark, on desk and phone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as client from 'openid-client';
import { createSystem } from '#actions/systems/create.ts';
import { type SystemInput, withDefaults } from '#settings/system.ts';
import { passphrase } from '#test/support/booted.ts';
import { startChromium } from '#test/support/chromium.ts';
import { checkPage, operator, pagesHub } from './support.ts';

const handheld = {
  id: 'handheld',
  title: 'Stock scanner',
  description: 'Shipments and counts in the warehouse',
  side: 'erp',
  auth: 'none',
  deviceFlow: true,
  open: true,
};

test('somebody types the code of a handheld, looks, allows, and it is in', async (t) => {
  const chromium = await startChromium(t);
  if (chromium === undefined) return;
  const hub = await pagesHub(t);
  await createSystem(hub.services, operator, withDefaults(handheld as unknown as SystemInput));
  const device = await client.discovery(new URL(hub.issuer), 'handheld', {}, client.None(), {
    execute: [client.allowInsecureRequests],
  });
  const looks = [
    [1280, 'light', 'en'],
    [390, 'dark', 'pl'],
    [390, 'light', 'zh-TW'],
    [1280, 'dark', 'zh-CN'],
  ] as const;
  for (const [width, colorScheme, locale] of looks) {
    const name = `packer-${locale.toLowerCase()}`;
    await hub.person(name);
    const asked = await client.initiateDeviceAuthorization(device, { scope: 'openid profile roles' });
    const context = await chromium.newContext({
      viewport: { width, height: 800 },
      colorScheme,
      locale,
      // The accessibility check is a script itself.
      javaScriptEnabled: locale !== 'en',
    });
    const page = await context.newPage();
    const seen = async (what: string) => {
      if (process.env.LOOK !== undefined)
        await page.screenshot({ path: `${process.env.LOOK}/${what}-${width}.png`, fullPage: true });
      if (locale !== 'en') await checkPage(page, `${what} at ${width}, ${colorScheme}, ${locale}`);
    };
    await page.goto(`${hub.issuer}/device`);
    await page.locator('#code:focus').waitFor();
    await seen('device');
    await page.keyboard.type('BBBB BBBB');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.fault');
    await seen('device-wrong');
    await page.fill('#code', asked.user_code.toLowerCase().replace('-', ' '));
    await page.keyboard.press('Enter');
    await page.waitForURL('**/device/confirm/*');
    assert.equal(await page.locator('.devicecode b').textContent(), asked.user_code);
    await page.getByText('Stock scanner').first().waitFor();
    await seen('device-confirm');
    await page.locator('button[value=allow]').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/sign-in/*');
    await page.fill('#identifier', `${name}@example.com`);
    await page.fill('#password', passphrase);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/device/end/allowed');
    await seen('device-allowed');
    const tokens = await client.pollDeviceAuthorizationGrant(device, { ...asked, interval: 0.05 });
    assert.equal(tokens.claims()?.name, name);
    await page.goto(`${hub.issuer}/account/sessions`);
    await page.locator('.sessions').getByText('Stock scanner').waitFor();
    const another = await client.initiateDeviceAuthorization(device, { scope: 'openid' });
    await page.goto(another.verification_uri_complete ?? '');
    assert.equal(await page.inputValue('#code'), another.user_code, 'filled in, and nothing more');
    await page.click('button.main');
    await page.getByText(name).first().waitFor();
    await seen('device-confirm-as');
    await page.click('button[value=deny]');
    await page.waitForURL('**/device/end/denied');
    await seen('device-denied');
    await assert.rejects(client.pollDeviceAuthorizationGrant(device, { ...another, interval: 0.05 }), {
      error: 'access_denied',
    });
    await context.close();
  }
});
