/** The code from the envelope in Chromium: without script, in four languages, light and dark, on desk and phone. */
import { test } from 'node:test';
import { printGlassCodes } from '#actions/break-glass/codes.ts';
import { startChromium } from '#test/support/chromium.ts';
import { checkPage, operator, pagesHub, signInPage } from './support.ts';

test('the sealed account opens the console, and an owner says why', async (t) => {
  const chromium = await startChromium(t);
  if (chromium === undefined) return;
  const hub = await pagesHub(t);
  await hub.person('olga', 'hub-owner');
  const codes = [...(await printGlassCodes(hub.services, operator, { count: 4, replace: false }))];
  const looks = [
    [1280, 'light', 'en'],
    [390, 'dark', 'pl'],
    [390, 'light', 'zh-TW'],
    [1280, 'dark', 'zh-CN'],
  ] as const;
  for (const [width, colorScheme, locale] of looks) {
    const look = { viewport: { width, height: 800 }, colorScheme, locale };
    // The accessibility check is a script itself.
    const context = await chromium.newContext({ ...look, javaScriptEnabled: locale !== 'en' });
    const page = await context.newPage();
    const seen = async (what: string) => {
      if (process.env.LOOK !== undefined)
        await page.screenshot({ path: `${process.env.LOOK}/${what}-${width}.png`, fullPage: true });
      if (locale !== 'en') await checkPage(page, `${what} at ${width}, ${colorScheme}, ${locale}`);
    };
    await page.goto(`${hub.issuer}/break-glass`);
    await page.locator('#code:focus').waitFor();
    await page.keyboard.type('nothing');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.fault');
    await seen('glass');
    await page.fill('#code', codes.pop() ?? '');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${hub.issuer}/admin`);
    await page.locator('.notice.bad a[href="/admin/break-glass"]').click();
    await page.waitForURL('**/admin/break-glass');
    await seen('glass-inside');
    await context.close();
    const owner = await (await chromium.newContext(look)).newPage();
    await signInPage(owner, hub, 'olga');
    await owner.goto(`${hub.issuer}/admin/break-glass`);
    if (process.env.LOOK !== undefined)
      await owner.screenshot({ path: `${process.env.LOOK}/glass-owner-${width}.png`, fullPage: true });
    await checkPage(owner, `the owner's page at ${width}, ${locale}`);
    await owner.fill('input[name=reason]', 'The phones were lost');
    await owner.click('form[action^="/admin/break-glass/"] button');
    await owner.waitForSelector('.notice.good');
    await owner.context().close();
  }
});
