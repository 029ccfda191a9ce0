/** In Chromium: an owner gives somebody the people of one department, who then lets one of them leave. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { changePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { people } from '#storage/collections.ts';
import { passphrase } from '#test/support/booted.ts';
import { startChromium } from '#test/support/chromium.ts';
import { checkPage, operator, pagesHub, signInPage } from '../support.ts';

const shots = process.env.SHOTS;

test('administration of one department, a last day, leaving at once, and what the record says of it', async (t) => {
  const browser = await startChromium(t);
  if (browser === undefined) return;
  const hub = await pagesHub(t);
  await hub.person('owner', 'hub-owner');
  const helper = await hub.person('helper');
  await changePerson(hub.services, operator, helper.id, { department: 'Office' });
  const made = (name: string, department: string) =>
    createPerson(hub.services, operator, { email: `${name}@example.com`, name, department, password: passphrase });
  const sam = await made('Sam Seller'.replace(' ', '.'), 'Sales & Service');
  await made('Fiona', 'Finance');

  const journey = async (width: number, name: string, work: (page: Page) => Promise<void>) => {
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    const page = await context.newPage();
    await signInPage(page, hub, name);
    await work(page);
    await context.close();
  };
  const look = async (page: Page, where: string) => {
    await checkPage(page, where);
    if (shots !== undefined) await page.screenshot({ path: `${shots}/${where}.png`, fullPage: true });
  };

  await journey(1280, 'owner', async (page) => {
    await page.goto(`${hub.issuer}/admin/people/${helper.id}`);
    await page.selectOption('#role', 'hub-people-admin');
    await page.fill('#departments', 'Sales & Service; Logistics');
    await page.locator('#assign #reason').fill('Looks after them');
    await page.locator('#assign button').click();
    await page.getByText('only Logistics, Sales & Service').waitFor();
    await look(page, 'person-limited-admin');
  });

  for (const width of [1280, 390])
    await journey(width, 'helper', async (page) => {
      await page.goto(`${hub.issuer}/admin`);
      await look(page, `limited-overview-${width}`);
      await page.goto(`${hub.issuer}/admin/people`);
      await page.getByText('You look after Logistics, Sales & Service').waitFor();
      assert.equal(await page.getByText('Fiona').count(), 0);
      await look(page, `limited-people-${width}`);
      await page.goto(`${hub.issuer}/admin/people/${sam.id}`);
      await look(page, `limited-person-${width}`);
      await page.locator('.titles').getByRole('link', { name: 'Leaving' }).click();
      await page.fill('#on', '2099-12-31');
      // By keyboard alone: the field's form is sent by Enter, its first button is the main one.
      await page.locator('#reason').fill('Retires');
      await page.locator('#reason').press('Enter');
      await page.getByText('leaves at the end of 31 Dec 2099').first().waitFor();
      await look(page, `last-day-${width}`);
      await page.getByRole('button', { name: 'No last day' }).click();
      await page.getByText('has no last day any more').waitFor();
    });
  assert.equal((await hub.services.store.get(people, sam.id))?.lastDay, undefined);

  await journey(390, 'helper', async (page) => {
    await page.goto(`${hub.issuer}/admin/people/${sam.id}/leaving`);
    await page.fill('#reason-now', 'Resigned');
    await page.getByRole('button', { name: 'Leave now' }).click();
    await page.getByText('is out of everything.').waitFor();
    await look(page, 'left-390');
    await page.goto(`${hub.issuer}/admin/people/${sam.id}/history`);
    await page.getByText('Resigned').waitFor();
    await page.getByText('31 Dec 2099').first().waitFor();
    await look(page, 'history-390');
  });
  assert.equal((await hub.services.store.get(people, sam.id))?.status, 'disabled');
  await journey(1280, 'owner', async (page) => {
    await page.goto(`${hub.issuer}/admin/people/${sam.id}`);
    await look(page, 'person-history-1280');
    await page.goto(`${hub.issuer}/admin/people/${sam.id}/history`);
    await look(page, 'history-1280');
    await page.goto(`${hub.issuer}/admin/people/${sam.id}/leaving`);
    await look(page, 'left-1280');
  });
});
