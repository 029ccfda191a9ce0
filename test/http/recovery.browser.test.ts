/** Forgotten password and invitation in Chromium: without script, in four languages, light and dark, on desk and phone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPerson } from '#actions/people/create.ts';
import { startChromium } from '#test/support/chromium.ts';
import { type MailServer, startMailServer } from '#test/support/mail-server.ts';
import { checkPage, operator, pagesHub, signInPage } from './support.ts';

const next = 'silent otter brings maps';

async function linkTo(server: MailServer, email: string, subject: RegExp): Promise<string> {
  const mail = await server.mail(({ to, headers }) => to.includes(email) && subject.test(headers.get('subject') ?? ''));
  return /^http\S+\/sign-in\/reset\/\S+$/m.exec(mail.text)?.[0] ?? assert.fail(mail.text);
}

test('without script somebody who forgot the password gets back in', async (t) => {
  const browser = await startChromium(t);
  if (browser === undefined) return;
  const server = await startMailServer(t);
  const hub = await pagesHub(t, { HUB_MAIL: server.url });
  const subjects = { en: /A new password/, pl: /Nowe hasło/, 'zh-TW': /的新密碼/, 'zh-CN': /的新密码/ };
  const looks = [
    [1280, 'light', 'en'],
    [390, 'dark', 'pl'],
    [390, 'light', 'zh-TW'],
    [1280, 'dark', 'zh-CN'],
  ] as const;
  for (const [width, colorScheme, locale] of looks) {
    const name = `anna-${locale.toLowerCase()}`;
    await hub.person(name, 'sales');
    const context = await browser.newContext({
      viewport: { width, height: 800 },
      colorScheme,
      locale,
      // The accessibility check is a script itself.
      javaScriptEnabled: locale !== 'en',
    });
    const page = await context.newPage();
    const seen = async (what: string) => {
      if (locale !== 'en') await checkPage(page, `${what} at ${width}, ${colorScheme}, ${locale}`);
    };
    await page.goto(`${hub.issuer}/`);
    await page.click('a[href="/sign-in/forgot"]');
    await page.locator('#identifier:focus').waitFor();
    await seen('forgot');
    await page.keyboard.type(`${name}@example.com`);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/sign-in/forgot?sent');
    await seen('sent');
    await page.goto(await linkTo(server, `${name}@example.com`, subjects[locale]));
    await seen('reset');
    await page.fill('#password', 'short');
    await page.fill('#again', 'short');
    await page.click('button.main');
    await page.waitForSelector('.fault');
    await seen('refused');
    await page.fill('#password', next);
    await page.fill('#again', next);
    await page.click('button.main');
    await page.waitForSelector('.notice.good');
    await page.fill('#identifier', `${name}@example.com`);
    await page.fill('#password', next);
    await page.click('button.main');
    await page.waitForURL(`${hub.issuer}/`);
    await page.goto(await linkTo(server, `${name}@example.com`, subjects[locale]));
    assert.equal(await page.locator('#password').count(), 0, 'the link is over');
    await seen('over');
    await context.close();
  }
});

test('an admin invites somebody from their page, who then chooses a password and is in', async (t) => {
  const browser = await startChromium(t);
  if (browser === undefined) return;
  const server = await startMailServer(t);
  const hub = await pagesHub(t, { HUB_MAIL: server.url });
  await hub.person('admin', 'hub-people-admin', 'hub-helpdesk');
  const { id } = await createPerson(hub.services, operator, { email: 'new@example.com', name: 'New Person' });
  const page = await (await browser.newContext()).newPage();
  await signInPage(page, hub, 'admin');
  await page.goto(`${hub.issuer}/admin/people/${id}`);
  await page.click(`form[action="/admin/people/${id}/mail-link"] button`);
  await page.locator('.notice.good', { hasText: 'An invitation to New Person' }).waitFor();
  await checkPage(page, 'the person');
  const link = await linkTo(server, 'new@example.com', /Your account at/);
  const newcomer = await (await browser.newContext()).newPage();
  await newcomer.goto(link);
  await newcomer.fill('#password', next);
  await newcomer.fill('#again', next);
  await newcomer.click('button.main');
  await newcomer.waitForSelector('.notice.good');
  await newcomer.fill('#identifier', 'new@example.com');
  await newcomer.fill('#password', next);
  await newcomer.click('button.main');
  await newcomer.waitForURL(`${hub.issuer}/`);
});
