/** Second factors in Chromium: an app and its codes, passkeys of a virtual authenticator, losing a phone, stepping up. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { createSystem } from '#actions/systems/create.ts';
import { manualClock } from '#platform/clock.ts';
import { type SystemInput, withDefaults } from '#settings/system.ts';
import { type BootedHub, passphrase } from '#test/support/booted.ts';
import { startChromium } from '#test/support/chromium.ts';
import { type Phone, phoneWith } from '#test/support/factors.ts';
import { authorizeUrl, callback, checkPage, operator, pagesHub, signInPage } from './support.ts';

interface Bed {
  readonly hub: BootedHub;
  readonly browser: Browser;
  readonly clock: ReturnType<typeof manualClock>;
}

async function bed(t: TestContext): Promise<Bed | undefined> {
  const browser = await startChromium(t);
  if (browser === undefined) return undefined;
  const clock = manualClock(Date.now());
  const hub = await pagesHub(t, {}, clock);
  const strict = { id: 'strict', title: 'Vault', side: 'other', clientSecret: 'strict-secret-of-the-test', open: true };
  const more = { redirectUris: [callback], firstParty: true, requires: 'mfa' };
  await createSystem(hub.services, operator, withDefaults({ ...strict, ...more } as unknown as SystemInput));
  return { hub, browser, clock };
}

async function newPage(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', ...options });
  context.setDefaultTimeout(15_000);
  return context.newPage();
}

async function addApp({ hub, clock }: Bed, page: Page): Promise<{ phone: Phone; codes: string[] }> {
  await page.goto(`${hub.issuer}/account/methods/app`);
  const phone = phoneWith((await page.locator('code.key').textContent()) ?? '', () => clock.now());
  await page.fill('#code', phone.code());
  await page.click('button.main');
  await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
  const codes = await page.locator('.codes code').allTextContents();
  clock.advance(30_000);
  return { phone, codes };
}

/** Signs out by forgetting the cookies that say who it is, as another browser would look. */
async function forget(context: BrowserContext): Promise<void> {
  await context.clearCookies();
}

async function password(page: Page, hub: BootedHub, name: string, url = `${hub.issuer}/`): Promise<void> {
  await page.goto(url);
  await page.fill('#identifier', `${name}@example.com`);
  await page.fill('#password', passphrase);
  await page.click('button.main');
}

for (const javaScriptEnabled of [true, false])
  test(`an app is set up and used by keyboard, scripts ${javaScriptEnabled ? 'on' : 'off'}; a lost phone is replaced by a code`, async (t) => {
    const given = await bed(t);
    if (given === undefined) return;
    const { hub, browser } = given;
    await hub.person('anna', 'sales');
    const page = await newPage(browser, { javaScriptEnabled });
    await signInPage(page, hub, 'anna');
    const { phone, codes } = await addApp(given, page);
    assert.equal(codes.length, 10);

    await forget(page.context());
    await password(page, hub, 'anna');
    await page.waitForURL('**/second');
    await page.locator('#code:focus').waitFor();
    await page.keyboard.type(phone.code());
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${hub.issuer}/`);
    await page.goto(`${hub.issuer}/account/methods`);
    await page.getByText('Ask here again').waitFor();

    await forget(page.context());
    await password(page, hub, 'anna');
    await page.getByRole('link', { name: /recovery code/ }).click();
    await page.fill('#code', codes[4] ?? '');
    await page.click('button.main');
    await page.waitForURL(`${hub.issuer}/`);
    await page.goto(`${hub.issuer}/account/methods`);
    await page.getByText('9 codes are left').waitFor();
  });

async function authenticator(page: Page): Promise<{ cdp: CDPSession; id: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable', { enableUI: false });
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, id: authenticatorId };
}

async function addPasskey(page: Page, hub: BootedHub): Promise<void> {
  await page.goto(`${hub.issuer}/account/methods/passkey`);
  await page.fill('#label', 'Laptop');
  await page.click('button.main');
}

test('a passkey is made, and signs in alone; the record says so', async (t) => {
  const given = await bed(t);
  if (given === undefined) return;
  const { hub, browser } = given;
  const { id } = await hub.person('anna', 'sales');
  const page = await newPage(browser);
  await signInPage(page, hub, 'anna');
  await authenticator(page);
  await addPasskey(page, hub);
  await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
  await page.goto(`${hub.issuer}/account/methods`);
  await page.getByRole('heading', { name: 'Laptop' }).waitFor();

  await forget(page.context());
  await page.goto(`${hub.issuer}/`);
  // The virtual authenticator may answer the address field's offer before anybody clicks: both are ways in.
  await page
    .getByRole('button', { name: 'Sign in with a passkey' })
    .click({ timeout: 3000 })
    .catch(() => undefined);
  await page.waitForURL(`${hub.issuer}/`);
  const { items } = await hub.services.store.audit.query({ person: id, type: 'signin.succeeded', order: 'newest' });
  assert.deepEqual(items[0]?.detail, { method: 'passkey' });
  const [started] = (await hub.services.store.audit.query({ person: id, type: 'session.started', order: 'newest' }))
    .items;
  assert.deepEqual(started?.detail, { acr: 'urn:gatehouse:acr:phishing-resistant', amr: ['hwk', 'user', 'mfa'] });

  // After the password, as the second step.
  await forget(page.context());
  await page.route('**/passkey/options', (route) =>
    route.request().url().includes('/second/') ? route.continue() : route.abort(),
  );
  await password(page, hub, 'anna');
  await page.getByRole('button', { name: 'Use your passkey' }).click();
  await page.waitForURL(`${hub.issuer}/`);
});

test('a system that asks for a second factor leads to setting one up, and then goes on', async (t) => {
  const given = await bed(t);
  if (given === undefined) return;
  const { hub, browser } = given;
  await hub.person('anna', 'sales');
  const page = await newPage(browser);
  await page.route(`${callback}**`, (route) => route.fulfill({ body: 'back at the system' }));
  await password(page, hub, 'anna', authorizeUrl(hub.issuer, 'strict'));
  await page.getByRole('link', { name: 'Set it up now' }).click();
  await page.getByRole('link', { name: 'Set up an app' }).click();
  const phone = phoneWith((await page.locator('code.key').textContent()) ?? '', () => given.clock.now());
  await page.fill('#code', phone.code());
  await page.click('button.main');
  await page.getByRole('link', { name: 'Go on' }).click();
  await page.waitForURL(`${callback}?code=**`);
});

test('the pages of second factors are sound in four languages, at desk and phone width', async (t) => {
  const given = await bed(t);
  if (given === undefined) return;
  const { hub, browser, clock } = given;
  await hub.person('anna', 'sales');
  await hub.person('bruno', 'sales');
  const first = await newPage(browser);
  await signInPage(first, hub, 'anna');
  await authenticator(first);
  const { phone } = await addApp(given, first);
  await addPasskey(first, hub);
  await first.waitForURL('**/account/methods');
  for (const [width, colorScheme, locale] of [
    [1280, 'light', 'en-GB'],
    [390, 'dark', 'pl'],
    [390, 'light', 'zh-CN'],
    [1280, 'dark', 'zh-TW'],
  ] as const) {
    const where = `${width} ${colorScheme} ${locale}`;
    const page = await newPage(browser, { viewport: { width, height: 900 }, colorScheme, locale });
    await page.goto(`${hub.issuer}/`);
    await checkPage(page, `sign-in ${where}`);
    await password(page, hub, 'anna');
    await page.waitForURL('**/second');
    await checkPage(page, `second ${where}`);
    await page.goto(page.url().replace('/second', '/recovery'));
    await checkPage(page, `recovery ${where}`);
    await page.goBack();
    clock.advance(30_000);
    await page.fill('#code', phone.code());
    await page.locator('form:not(.passkey) button').first().click();
    await page.waitForURL(`${hub.issuer}/`);
    for (const path of ['/account/methods', '/account/methods/app', '/account/methods/passkey']) {
      await page.goto(hub.issuer + path);
      await checkPage(page, `${path} ${where}`);
    }
    await page.goto(`${hub.issuer}/account/methods`);
    await page.locator('form[action$="/recovery-codes"] button').click();
    await checkPage(page, `recovery codes ${where}`);
    await page.context().clearCookies();
    await password(page, hub, 'bruno', authorizeUrl(hub.issuer, 'strict'));
    await page.waitForURL('**/second');
    await checkPage(page, `missing ${where}`);
    await page.context().close();
  }
});
