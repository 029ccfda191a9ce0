/** The reference page, in Chromium: everything comes from the hub, and the policy against inline script holds. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { apiRoutes } from '#http/api/routes.ts';
import { bootHub } from '#test/support/booted.ts';
import { notRun } from '#test/support/not-run.ts';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

test('the reference shows every operation without a breach of its own policy', async (t) => {
  if (!existsSync(executablePath)) return notRun(t, 'Chromium', `there is none at ${executablePath}`);
  const { issuer } = await bootHub(t);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  t.after(() => browser.close());
  const page = await browser.newPage();
  const complaints: string[] = [];
  const elsewhere: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (fault) => complaints.push(String(fault)));
  page.on(
    'request',
    (request) =>
      !request.url().startsWith(issuer) && !request.url().startsWith('data:') && elsewhere.push(request.url()),
  );
  const answer = await page.goto(`${issuer}/api/v1/docs`);
  assert.doesNotMatch(answer?.headers()['content-security-policy'] ?? 'unsafe', /unsafe|\*|https?:/);
  await page.waitForSelector('.opblock');
  assert.equal(await page.locator('.opblock').count(), apiRoutes.length);
  assert.deepEqual(complaints, []);
  assert.deepEqual(elsewhere, []);
});

test('only the files of the reference are served', async (t) => {
  const { issuer } = await bootHub(t);
  const status = async (path: string) => (await fetch(`${issuer}/api/v1/docs/${path}`)).status;
  assert.equal(await status('init.js'), 200);
  assert.equal(await status('swagger-ui.css'), 200);
  for (const path of ['index.html', '..%2fdocs.ts', '%2e%2e/docs.ts', '__proto__', 'constructor', 'package.json', '']) {
    assert.ok([401, 404].includes(await status(path)), path);
  }
});
