/** The first policy of a store, and the file as the truth. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { applyPolicy } from '#actions/policy/apply.ts';
import { ensurePolicy } from '#actions/policy/ensure.ts';
import { policyHistory } from '#actions/policy/history.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import { publishPolicy } from '#actions/policy/publish.ts';
import { rollbackPolicy } from '#actions/policy/rollback.ts';
import { eventsOf, operator } from '#test/actions/people/support.ts';
import { testServices } from '#test/support/services.ts';

const policy = (role: string) => `version: 1\nroles:\n  ${role}: {}\n`;

/** A store whose configuration names a policy file. */
async function configured(t: TestContext, mode: 'store' | 'file') {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-policy-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'policy.yaml');
  const services = await testServices(t);
  services.settings.policy = file;
  services.settings.policyMode = mode;
  return { services, write: (text: string) => writeFileSync(file, text) };
}

test('an empty store gets the default policy, once', async (t) => {
  const services = await testServices(t);
  assert.equal((await policyInForce(services)).number, 0);
  await ensurePolicy(services);
  await ensurePolicy(services);
  const { number, compiled } = await policyInForce(services);
  assert.equal(number, 1);
  assert.ok(compiled.document.roles.has('sales-rep'));
  assert.equal((await eventsOf(services, 'policy.published')).length, 1);
});

test('a policy of the store outlives changes of the file', async (t) => {
  const { services, write } = await configured(t, 'store');
  write(policy('one'));
  await ensurePolicy(services);
  write(policy('two'));
  await ensurePolicy(services);
  assert.deepEqual([...(await policyInForce(services)).compiled.document.roles.keys()], ['one']);
});

test('policyMode file: a changed file is the next version, and nothing else changes the policy', async (t) => {
  const { services, write } = await configured(t, 'file');
  write(policy('one'));
  await ensurePolicy(services);
  await ensurePolicy(services);
  write(policy('two'));
  await ensurePolicy(services);
  assert.deepEqual(
    (await policyHistory(services)).map(({ number, by }) => [number, by]),
    [
      [2, 'hub'],
      [1, 'hub'],
    ],
  );
  assert.deepEqual([...(await policyInForce(services)).compiled.document.roles.keys()], ['two']);
  await assert.rejects(applyPolicy(services, operator, policy('three'), 'no'), { code: 'conflict' });
  await assert.rejects(rollbackPolicy(services, operator, 1, 'no'), { code: 'conflict' });
  write('version: 2\n');
  await assert.rejects(ensurePolicy(services), { code: 'invalid' });
});

test('two publications at the same moment become two versions, and each is checked against the other', async (t) => {
  const services = await testServices(t);
  const texts = ['one', 'two', 'three', 'four'].map(policy);
  const published = await Promise.all(texts.map((text) => publishPolicy(services, operator, { text, reason: 'race' })));
  assert.deepEqual(published.map(({ version }) => version).toSorted(), [1, 2, 3, 4]);
  assert.equal((await policyHistory(services)).length, 4);
  const events = await eventsOf(services, 'policy.published');
  assert.deepEqual(
    events.map(({ before, after }) => [before?.number, after?.number]),
    [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ],
  );
});
