/** An access review in Chromium: begun with a preview, decided by a reviewer with the keyboard, closed; without any script. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { effectiveAccess } from '#actions/access/effective.ts';
import { changePerson } from '#actions/people/change.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import { publishPolicy } from '#actions/policy/publish.ts';
import { startChromium } from '#test/support/chromium.ts';
import { checkPage, operator, pagesHub, signInPage } from './support.ts';

test('from the preview to the report', async (t) => {
  const browser = await startChromium(t);
  if (browser === undefined) return;
  const hub = await pagesHub(t);
  const { services } = hub;
  const { text } = await policyInForce(services);
  const withRule = `${text.replace('assign: []', 'assign: [{ role: clerk, when: { department: Sales } }]')}separation:
  - id: ship
    title: Who sells does not see shipments
    conflict: [{ system: crm, permission: customer:write }, { system: erp, permission: shipment:read }]
    mode: warn
`;
  await publishPolicy(services, operator, { text: withRule, reason: 'for the test' });
  await hub.person('owner', 'hub-owner');
  await hub.person('boss');
  const anna = await hub.person('anna', 'sales');
  const ben = await hub.person('ben', 'clerk');
  for (const one of [anna, ben])
    await changePerson(services, operator, one.id, { manager: 'boss@example.com', department: 'Sales' });
  const context = { viewport: { width: 1280, height: 900 }, locale: 'en' };
  const open = async (name: string): Promise<Page> => {
    const page = await (await browser.newContext(context)).newPage();
    await signInPage(page, hub, name);
    return page;
  };
  const owner = await open('owner');
  await owner.goto(`${hub.issuer}/admin/reviews`);
  await look(owner, 'reviews-none');
  await owner.click('a.button.main');
  await owner.fill('#title', 'Autumn round');
  await owner.check('input[value=department]');
  await owner.fill('#department', 'Sales');
  await owner.fill('#fallback', 'nobody@example.com');
  await owner.fill('#due', new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10));
  await owner.click('form[method=get].card button');
  assert.match(await owner.innerText('main [role=alert]'), /nobody signs in as/);
  await owner.fill('#fallback', 'owner@example.com');
  await owner.click('form[method=get].card button');
  assert.match(
    await owner.innerText('#preview'),
    /4 roles of 2 people[\s\S]*1 reviewer is asked[\s\S]*2 are given by rules[\s\S]*boss/,
  );
  await look(owner, 'review-preview');
  await owner.click('#preview button.main');
  await owner.waitForURL(/\/admin\/reviews\/[0-9a-f-]{36}/);
  const path = new URL(owner.url()).pathname;
  await owner.waitForSelector('main progress.wide', { state: 'detached' });
  await owner.goto(hub.issuer + path);
  assert.match(await owner.innerText('main'), /0 of 4 decided[\s\S]*4 of 4 left/);
  await look(owner, 'review-open');

  const boss = await open('boss');
  assert.match(await boss.innerText('main'), /4 roles of people wait for your review/);
  await boss.click('main .notice a');
  await boss.waitForURL(/\/account\/reviews$/);
  const main = await boss.innerText('main');
  assert.match(main, /Autumn round[\s\S]*anna[\s\S]*Sales representative[\s\S]*Given by the people who run the hub/);
  assert.match(
    main,
    /Not used since[\s\S]*Who sells does not see shipments[\s\S]*Given by a rule: department is Sales/,
  );
  assert.match(main, /Without this the role stays all the same/, "ben's assignment beside the rule");
  await look(boss, 'reviews-to-do');
  // By the keyboard alone: the fold of the withdrawal, its reason, its button.
  const sales = boss.locator('li', { hasText: 'Sales representative' });
  await sales.locator('summary').focus();
  await boss.keyboard.press('Enter');
  await boss.keyboard.press('Tab');
  await boss.keyboard.type('moved to service');
  await boss.keyboard.press('Tab');
  await look(boss, 'reviews-withdrawing');
  await boss.keyboard.press('Enter');
  await boss.waitForURL(/\/account\/reviews$/);
  assert.match(await boss.innerText('main'), /Withdrawn: the role is gone/);
  assert.deepEqual((await effectiveAccess(services, anna.id)).roles, ['clerk']);
  // Both of what is left of Ben at once; of Anna the rule.
  await boss.click('button:has-text("Keep all shown (2)")');
  assert.match(await boss.innerText('main'), /2 roles are kept/);
  await boss.click('summary:has-text("Ask for a change")');
  await boss.fill('input[name=reason]', 'clerks are too many');
  await boss.click('button[value=change]');
  assert.match(await boss.innerText('main'), /Your note is on record[\s\S]*Nothing waits for you/);
  await boss.click('summary:has-text("What you decided")');
  await look(boss, 'reviews-decided');
  await boss.click('button[aria-label="Take back the decision about Sales representative of anna"]');
  assert.match(await boss.innerText('main'), /The decision is taken back/);
  assert.deepEqual((await effectiveAccess(services, anna.id)).roles, ['clerk', 'sales']);

  await owner.goto(hub.issuer + path);
  assert.match(
    await owner.innerText('main'),
    /3 of 4 decided[\s\S]*For the author of the policy[\s\S]*clerks are too many/,
  );
  await look(owner, 'review-findings');
  await owner.click('summary:has-text("Close before its day")');
  await owner.fill('#close-reason', 'enough for now');
  await owner.click('button:has-text("Close the review")');
  await owner.waitForSelector('main progress.wide', { state: 'detached' });
  await owner.goto(hub.issuer + path);
  assert.match(await owner.innerText('main'), /closed[\s\S]*1 without a decision/);
  await look(owner, 'review-closed');
  const csv = await (await owner.request.get(`${hub.issuer}${path}/report.csv`)).text();
  assert.match(csv, /^name,login,department,role,/);
  assert.equal(csv.trim().split('\r\n').length, 5);
  await owner.goto(`${hub.issuer}/admin/reviews`);
  await look(owner, 'reviews');
});

/** Checked as every page is, at both widths. */
async function look(page: Page, name: string): Promise<void> {
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    await checkPage(page, `${name} at ${width}`);
  }
}
