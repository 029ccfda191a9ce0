/** Signing in with the password of a directory in Chromium: keyboard alone, four languages, light and dark, on desk and phone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findByLogin } from '#actions/people/find.ts';
import { startChromium } from '#test/support/chromium.ts';
import { directoryPassword, person, personDn } from '#test/support/slapd/people.ts';
import { addSource } from '#test/support/slapd/source.ts';
import { startSlapd } from '#test/support/slapd/start.ts';
import { checkPage, pagesHub, signInPage } from './support.ts';

const looks = [
  [1280, 'light', 'en'],
  [390, 'dark', 'pl'],
  [390, 'light', 'zh-TW'],
  [1280, 'dark', 'zh-CN'],
] as const;

test('a person of a directory signs in, sees where the password is kept, and links an account', async (t) => {
  const browser = await startChromium(t);
  if (browser === undefined) return;
  const slapd = await startSlapd(t, [
    ...looks.flatMap(([, , locale]) => [person(`anna-${locale.toLowerCase()}`), person(`bo-${locale.toLowerCase()}`)]),
  ]);
  if (slapd === undefined) return;
  const hub = await pagesHub(t);
  await addSource(hub.services, slapd, { title: 'Hongda directory' });
  for (const [width, colorScheme, locale] of looks) {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, locale });
    const page = await context.newPage();
    const seen = (what: string) => checkPage(page, `${what} at ${width}, ${colorScheme}, ${locale}`);
    await page.goto(`${hub.issuer}/`);
    await page.locator('#identifier').focus();
    await page.keyboard.type(`anna-${locale.toLowerCase()}`);
    await page.keyboard.press('Tab');
    await page.keyboard.type(directoryPassword);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${hub.issuer}/`);
    await page.goto(`${hub.issuer}/account/password`);
    assert.match(await page.innerText('main'), /Hongda directory/);
    assert.equal(await page.locator('#current').count(), 0);
    await seen('where the password is');

    // Somebody with an account here already: told so, and led to link the two.
    if (locale !== 'en' && locale !== 'pl') {
      await context.close();
      continue;
    }
    await context.clearCookies();
    const name = `bo-${locale.toLowerCase()}`;
    await hub.person(name);
    await page.goto(`${hub.issuer}/`);
    await page.fill('#identifier', name);
    await page.fill('#password', directoryPassword);
    await page.keyboard.press('Enter');
    await page.locator('a[href="/account/methods/link/ad"]').waitFor();
    await seen('not linked');
    await signInPage(page, hub, name);
    await page.goto(`${hub.issuer}/account/methods/link/ad`);
    await seen('linking');
    await page.fill('#login', name);
    await page.fill('#password', 'wrong');
    await page.click('main button.main');
    await page.waitForSelector('.notice.bad');
    await seen('refused');
    await page.fill('#password', directoryPassword);
    await page.click('main button.main');
    await page.waitForSelector('.notice.good');
    await seen('linked');
    await context.close();
  }

  await slapd.kill();
  const page = await (await browser.newContext({ viewport: { width: 390, height: 800 } })).newPage();
  await page.goto(`${hub.issuer}/`);
  await page.fill('#identifier', 'anna-en');
  await page.fill('#password', directoryPassword);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.notice.warn');
  await checkPage(page, 'away');
});

test('a directory’s people are brought up to date on a page', async (t) => {
  const browser = await startChromium(t);
  if (browser === undefined) return;
  const slapd = await startSlapd(t, [person('anna'), person('bo'), person('boss'), person('carl')]);
  if (slapd === undefined) return;
  const hub = await pagesHub(t);
  await addSource(hub.services, slapd, { title: 'Hongda directory' });
  await hub.person('boss', 'hub-owner');
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await signInPage(page, hub, 'boss');
  const looks = [
    [1280, 'light', 'previewed'],
    [390, 'dark', 'gone'],
  ] as const;
  for (const [width, colorScheme, what] of looks) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    await page.goto(`${hub.issuer}/admin/sources/ad`);
    await page.click('a[href="/admin/sources/ad/sync"]');
    await page.waitForSelector('.stats');
    await checkPage(page, `${what} at ${width}`);
    for (const box of await page.locator('input[type=checkbox]').all()) await box.check();
    await page.click('main button.main');
    await page.waitForSelector('.notice.good');
    if (what === 'previewed') await slapd.remove(personDn('bo'));
    await slapd.set(personDn('anna'), 'departmentNumber', ['Finance']);
  }
  assert.equal((await findByLogin(hub.services, 'bo'))?.status, 'disabled');
});
