/**
 * As a new user would: from an empty hub to a sign-in by Apache's mod_auth_openidc through the wizard alone. What goes into
 * Apache is read off the guide; pages and fields are counted. `SHOTS=folder` keeps what was seen,
 * `PICTURES=1` makes the picture of the README.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { ensureSetup } from '#actions/setup/setup.ts';
import { checkPage } from '#test/http/support.ts';
import { prepareApache, whyNoApache } from '#test/support/apache.ts';
import { bootHub, passphrase } from '#test/support/booted.ts';
import { startChromium } from '#test/support/chromium.ts';
import { evidence } from '#test/support/evidence.ts';
import { notRun } from '#test/support/not-run.ts';

/** A person at the browser: each page that is looked at and each field that is filled in counts. */
class Newcomer {
  readonly page: Page;
  pages: string[] = [];
  fields: string[] = [];

  constructor(page: Page) {
    this.page = page;
  }

  /** Judges the page at both widths; the judge itself needs script. */
  async sees(name: string, judged: boolean): Promise<void> {
    this.pages.push(name);
    if (!judged) return;
    const folder = process.env.SHOTS;
    if (folder !== undefined) mkdirSync(folder, { recursive: true });
    for (const [width, viewport] of [
      [390, { width: 390, height: 844 }],
      [1280, { width: 1280, height: 860 }],
    ] as const) {
      await this.page.setViewportSize(viewport);
      await checkPage(this.page, `${name} ${width}`);
      if (folder !== undefined) await this.page.screenshot({ path: `${folder}/${name}-${width}.png`, fullPage: true });
    }
  }

  async types(field: string, value: string): Promise<void> {
    this.fields.push(field);
    await this.page.fill(`[name="${field}"]`, value);
  }

  async presses(name: string): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  async follows(name: string): Promise<void> {
    await this.page.getByRole('link', { name, exact: true }).first().click();
  }
}

/** The values of the guide by the name of their field, as somebody would copy them. */
async function copied(page: Page): Promise<Record<string, string>> {
  const names = await page.locator('.steps dt').allTextContents();
  const values = await page.locator('.steps dd').allTextContents();
  return Object.fromEntries(names.map((name, index) => [name.trim(), (values[index] ?? '').trim()]));
}

/** The picture of the README, made anew by `PICTURES=1`. */
async function picture(page: Page): Promise<void> {
  await page.setViewportSize({ width: 1000, height: 1200 });
  const from = await page.locator('.crumbs').boundingBox();
  const to = await page.locator('.steps > li').first().boundingBox();
  if (from === null || to === null) throw new Error('there is no guide on the page');
  const clip = { x: to.x - 16, y: from.y - 12, width: to.width + 32, height: to.y + to.height - from.y + 28 };
  const path = new URL('../../views/static/help/connect.png', import.meta.url).pathname;
  await page.screenshot({ path, clip });
}

async function play(t: TestContext, javaScriptEnabled: boolean): Promise<void> {
  const missing = whyNoApache();
  if (missing !== undefined) return notRun(t, 'Apache', missing);
  const browser = await startChromium(t);
  if (browser === undefined) return;
  const hub = await bootHub(t);
  const apache = await prepareApache(t);
  const context = await browser.newContext({ locale: 'en-GB', javaScriptEnabled });
  context.setDefaultTimeout(30_000);
  const me = new Newcomer(await context.newPage());

  // The address that the hub prints at its first start.
  await me.page.goto(`${hub.issuer}${await ensureSetup(hub.services)}`);
  await me.sees('1-set-up', javaScriptEnabled);
  await me.types('name', 'Maria Nowak');
  await me.types('email', 'maria@example.com');
  await me.types('password', passphrase);
  if ((await me.page.locator('[name="again"]').count()) > 0) await me.types('again', passphrase);
  await me.page.locator('button.main').click();
  if (await me.page.locator('#identifier').isVisible()) {
    await me.types('identifier', 'maria@example.com');
    await me.types('password', passphrase);
    await me.page.locator('button.main').click();
  }
  await me.page.goto(`${hub.issuer}/admin/systems`);
  await me.sees('2-systems', javaScriptEnabled);
  await me.follows('Connect a system');
  await me.sees('3-choose', javaScriptEnabled);
  await me.follows('Any OpenID Connect application');
  await me.sees('4-form', javaScriptEnabled);
  await me.types('title', 'Ledger');
  await me.types('url', apache.base);
  await me.page.check('[name="open"]');
  await me.page.check('[name="side"][value="erp"]');
  me.fields.push('open', 'side');
  await me.presses('Connect');
  await me.sees('5-guide', javaScriptEnabled);
  if (process.env.PICTURES !== undefined) await picture(me.page);
  const guide = await copied(me.page);
  assert.match(guide['Client secret'] ?? '', /^[A-Za-z0-9]{43}$/);

  await apache.start([
    `OIDCProviderMetadataURL ${guide['Discovery document']}`,
    `OIDCClientID ${guide['Client ID']}`,
    `OIDCClientSecret ${guide['Client secret']}`,
    `OIDCProviderTokenEndpointAuth ${guide['Client authentication']}`,
    `OIDCRedirectURI ${guide['Redirect URI']}`,
    `OIDCScope "${guide.Scopes}"`,
    `OIDCPKCEMethod ${guide.PKCE}`,
    'OIDCCryptoPassphrase of-this-test-alone',
  ]);

  await me.follows('Test sign-in');
  await me.sees('6-test', javaScriptEnabled);
  await me.presses('Run the test');
  await me.page.getByText('The sign-in works.').waitFor();
  await me.sees('7-tested', javaScriptEnabled);

  const there = await me.page.goto(`${apache.base}/`);
  assert.match(await me.page.content(), /Welcome to the ledger/);
  assert.equal(there?.headers()['x-signed-in'], 'maria@example.com');
  const { items } = await hub.services.store.audit.query({ system: 'ledger', type: 'entry.granted' });
  assert.equal(items.length, 2, 'the test and the sign-in itself');
  const wizard = me.fields.slice(me.fields.indexOf('title'));
  assert.deepEqual(wizard, ['title', 'url', 'open', 'side']);
  const counted = `${me.pages.length} pages, ${me.fields.length} fields`;
  assert.ok(me.pages.length <= 7 && me.fields.length <= 10, counted);
  evidence({
    product: 'generic',
    part: `mod_auth_openidc, wizard ${javaScriptEnabled ? 'with' : 'without'} script`,
    act: 'empty hub to sign-in',
    result: counted,
  });
}

for (const javaScriptEnabled of [true, false]) {
  test(`an empty hub, the wizard, and Apache signs people in ${javaScriptEnabled ? 'with' : 'without'} script`, (t) =>
    play(t, javaScriptEnabled));
}
