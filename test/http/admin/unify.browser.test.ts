/** An administrator brings two exports together in Chromium: mapping, bulk, the queue by keyboard, report, undo, merging. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { people, proposals, unifications } from '#storage/collections.ts';
import { checkPage, pagesHub, signInPage } from '#test/http/support.ts';
import { startChromium } from '#test/support/chromium.ts';

const crm = [
  'Kto;Username;Email;FirstName;LastName;Department;EmployeeNumber;Aktywny',
  '1;anna.lis@f.example;anna.lis@f.example;Anna;Lis;Sales;7001;true',
  '2;olga.kern@f.example;olga.kern@f.example;Olga;Kern;Sales;;true',
  '3;o.kern@f.example;o.kern@f.example;Olga;Kern;Sales;;true',
  '4;jan.mroz@f.example;jan.mroz@f.example;Jan;Mróz;Finance;7004;true',
  '5;j.mroz@f.example;j.mroz@f.example;Jan;Mróz;Finance;;true',
  '6;ewa.gaj@f.example;ewa.gaj@f.example;Ewa;Gaj;IT;7006;true',
].join('\r\n');
const erp = [
  'User,Full Name,E-Mail,Department,Personnel No,User Type',
  'LISA,"LIS, Anna",,Sales,00007001,Dialog',
  'KERNO,Olga Kern,,Sales,00007002,Dialog',
  'MROZJ,Jan Mroz,,Finance,,Dialog',
  'GAJE,Ewa Gaj,,IT,00007006,Dialog',
  'RFC_1,Interface,,,,System',
].join('\n');
const file = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

async function looks(page: Page, what: string): Promise<void> {
  for (const [width, colorScheme] of [
    [1280, 'light'],
    [390, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await checkPage(page, `${what} at ${width}, ${colorScheme}`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

test('files, mapping, sure ones, two doubts by keyboard, report, undo and a merge', async (t) => {
  const browser = await startChromium(t);
  if (browser === undefined) return;
  const hub = await pagesHub(t);
  await hub.person('owner', 'hub-owner');
  const { store } = hub.services;
  const page = await (await browser.newContext({ locale: 'en', reducedMotion: 'reduce' })).newPage();
  await signInPage(page, hub, 'owner');

  await page.goto(`${hub.issuer}/admin/unify`);
  await looks(page, 'the files');
  await page.setInputFiles('#crm', file('crm.csv', `\uFEFF${crm}`));
  await page.setInputFiles('#erp', file('erp.csv', erp));
  await page.click('main form.card button');

  await page.waitForSelector('.mapping');
  assert.equal(await page.inputValue('[id="crm.id"]'), 'Username', 'guessed, and to be put right');
  await looks(page, 'the mapping');
  await page.selectOption('[id="crm.id"]', 'Kto');
  await page.click('main button.main');
  // The page of the work looks again by itself until it is done.
  await page.waitForSelector('.stats');
  await looks(page, 'the run');

  await page.fill('#reason', 'the two exports of today');
  await page.click('main button.main');
  await page.waitForSelector('[role="status"]');
  const [unification] = (await store.find(unifications, {})).items;
  const sure = { unification: unification?.id ?? '', kind: 'sure', state: 'accepted' };
  assert.equal(await store.count(proposals, sure), 2);

  await page.click('a[href$="/review"]');
  await page.waitForSelector('.compared');
  const headings = await page.evaluate(
    "[...document.querySelectorAll('.compared thead th')].map((th) => th.getBoundingClientRect().bottom <= document.querySelector('.compared tbody').getBoundingClientRect().top + 1)",
  );
  assert.deepEqual(headings, [true, true, true, true], 'no heading lies over a cell');
  const [table, card] = (await page.evaluate(
    "['.compared', '.table-card'].map((one) => document.querySelector(one).getBoundingClientRect().width)",
  )) as number[];
  assert.ok((table ?? 0) > (card ?? 0) * 0.9, 'the table fills its card');
  await looks(page, 'the review');
  const place = async () => page.url();
  await page.keyboard.press('j');
  await page.waitForURL(/at=1/);
  await page.keyboard.press('k');
  await page.waitForURL(/at=0/);
  const before = await place();
  await Promise.all([page.waitForNavigation(), page.keyboard.press('y')]);
  assert.match((await page.textContent('[role="status"]')) ?? '', /one account/);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('n')]);
  assert.match((await page.textContent('[role="status"]')) ?? '', /stay two/);
  assert.equal(await place(), before);

  const run = page.url().replace(/\/review.*/, '');
  await page.goto(`${run}/doubts`);
  await page.waitForSelector('.doubts');
  await looks(page, 'many doubts');
  const doubts = { unification: unification?.id ?? '', kind: 'doubt', state: 'open' };
  const open = await store.count(proposals, doubts);
  await page.check('.doubts input[type="checkbox"]');
  await Promise.all([page.waitForNavigation(), page.click('button[value="different"]')]);
  assert.match((await page.textContent('[role="status"]')) ?? '', /1 pair is decided/);
  assert.equal(await store.count(proposals, doubts), open - 1);

  await page.goto(`${run}/report?section=technical`);
  await looks(page, 'the report');
  assert.match((await page.textContent('#technical')) ?? '', /RFC_1/);
  await page.goto(`${run}/proposals?kind=sure&state=accepted`);
  await looks(page, 'the proposals');
  const count = await store.count(people);
  await page.click('main button.danger');
  await page.waitForSelector('[role="status"]');
  assert.equal(await store.count(people), count + 1, 'the account is two again');

  const [one] = (await store.find(people, { where: { searchTerms: 'lis' } })).items;
  const [two] = (await store.find(people, { where: { logins: 'gaje' } })).items;
  const other = two ?? (await store.find(people, { where: { searchTerms: 'gaj' } })).items[0];
  assert.ok(one !== undefined && other !== undefined);
  await page.goto(`${hub.issuer}/admin/people/${one.id}/merge?q=${other.id === one.id ? '' : 'gaj'}`);
  await page.click('a.button.dense[href*="with="]');
  await page.waitForSelector('input[name="otherVersion"]', { state: 'attached' });
  await looks(page, 'the merge');
  await page.fill('#reason', 'for the test');
  await page.click('main form[method="post"] button.danger');
  await page.waitForURL(new RegExp(`/admin/people/${one.id}$`));
  assert.match((await page.textContent('[role="status"]')) ?? '', /are one/);
  await looks(page, 'the person');
  await page.click('form[action*="/merges/"] button');
  await page.waitForSelector('[role="status"]');
  assert.match((await page.textContent('[role="status"]')) ?? '', /undone/);
});
