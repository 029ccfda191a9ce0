/** With `policyMode: file` the file is the truth: console and API show the policy, say where it lives, and change nothing. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bootHub } from '#test/support/booted.ts';
import { Browser } from '#test/support/browser.ts';
import { visit } from '#test/support/visitor.ts';

test('pages are read-only and say so, drafts are refused', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'roles.yaml');
  writeFileSync(file, 'version: 1\nroles: { clerk: { title: Clerk } }\nassign: []\n');
  const config = join(folder, 'hub.yaml');
  writeFileSync(config, `policy: ${file}\npolicyMode: file\n`);
  const hub = await bootHub(t, { env: { HUB_CONFIG: config } });
  await hub.person('owner', 'hub-owner');
  const browser = new Browser();
  const owner = await visit(hub.issuer, browser).signIn('owner@example.com');
  const { text } = await browser.get(`${hub.issuer}/admin/policy`);
  assert.match(text, /The policy lives in a file/);
  assert.ok(text.includes(file));
  assert.doesNotMatch(text, /draft\/content/);
  for (const page of ['draft', 'draft/content', 'draft/document', 'draft/role', 'draft/rule']) {
    const { status, location } = await browser.get(`${hub.issuer}/admin/policy/${page}`);
    assert.deepEqual([status, location], [303, '/admin/policy'], page);
  }
  const put = await owner.call('PUT', '/api/v1/policy/draft', { text: 'version: 1\n' }, { 'if-match': '"0"' });
  assert.equal(put.status, 409, put.text);
  const back = await owner.call('POST', '/api/v1/policy/versions/1/rollback', { reason: 'x' });
  assert.equal(back.status, 409, back.text);
});
