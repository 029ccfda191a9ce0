/** Ending sessions in Chromium: one's own on another device, somebody else's from the console, and giving a shared machine over. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passphrase } from '#test/support/booted.ts';
import { startChromium } from '#test/support/chromium.ts';
import { authorizeUrl, checkPage, pagesHub, signInPage } from './support.ts';

test('a person ends another device, an admin ends somebody, and a shared machine changes hands', async (t) => {
  const chromium = await startChromium(t);
  if (chromium === undefined) return;
  const hub = await pagesHub(t);
  const anna = await hub.person('anna', 'sales');
  await hub.person('ben', 'sales');
  await hub.person('admin', 'hub-people-admin');
  const window = async (width: number) => {
    const context = await chromium.newContext({ viewport: { width, height: 800 } });
    return context.newPage();
  };
  const [desk, phone, office] = [await window(1280), await window(390), await window(1280)];
  await signInPage(desk, hub, 'anna');
  await signInPage(phone, hub, 'anna');
  await phone.goto(`${hub.issuer}/account/sessions`);
  await checkPage(phone, 'sessions on a phone');
  await phone.click('form[action="/account/sessions/end"] button');
  await phone.waitForSelector('.notice.good');
  await desk.goto(`${hub.issuer}/`);
  await desk.waitForURL('**/sign-in/*');
  await desk.fill('#identifier', 'anna@example.com');
  await desk.fill('#password', passphrase);
  await desk.click('button.main');
  await desk.waitForURL(`${hub.issuer}/`);

  await signInPage(office, hub, 'admin');
  await office.goto(`${hub.issuer}/admin/people/${anna.id}`);
  await office.click(`form[action="/admin/people/${anna.id}/end-sessions"] button`);
  await office.waitForSelector('.notice.good');
  for (const page of [desk, phone]) {
    await page.goto(`${hub.issuer}/account/sessions`);
    await page.waitForURL('**/sign-in/*');
  }
  const ended = await Array.fromAsync(hub.services.store.audit.export({ type: 'session.ended' }));
  assert.deepEqual(
    ended
      .filter(({ subject }) => subject?.id === anna.id)
      .map(({ detail }) => detail?.why)
      .toSorted(),
    ['admin', 'admin', 'signed-out'],
  );

  await desk.fill('#identifier', 'anna@example.com');
  await desk.fill('#password', passphrase);
  await desk.click('button.main');
  await desk.waitForURL('**/account/sessions');
  await desk.goto(authorizeUrl(hub.issuer, 'crm', { prompt: 'select_account' }));
  await checkPage(desk, 'who goes on');
  if (process.env.LOOK !== undefined) await desk.screenshot({ path: `${process.env.LOOK}/choose-1280.png` });
  await desk.getByRole('button', { name: 'Sign in as someone else' }).click();
  await desk.fill('#identifier', 'ben@example.com');
  await desk.fill('#password', passphrase);
  await desk.route('http://localhost:4998/**', (route) => route.fulfill({ body: 'the desk' }));
  await desk.click('button.main');
  await desk.waitForURL('http://localhost:4998/callback?*');
  await desk.goto(`${hub.issuer}/`);
  await desk.getByRole('button', { name: 'Not ben? Sign in as someone else' }).waitFor();
  await checkPage(desk, 'the launchpad');
  if (process.env.LOOK !== undefined) await desk.screenshot({ path: `${process.env.LOOK}/pad-1280.png` });
  await desk.getByRole('button', { name: /Sign in as someone else/ }).click();
  await desk.waitForURL('**/sign-in/*');
});
