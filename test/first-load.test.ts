/** Several hubs that start on one empty store at the same moment. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureKeys } from '#actions/keys/ensure.ts';
import { listKeys } from '#actions/keys/list.ts';
import { rotateKeys } from '#actions/keys/rotate.ts';
import type { Services } from '#actions/services.ts';
import { completeSetup, ensureSetup } from '#actions/setup/setup.ts';
import { applySystems } from '#actions/systems/apply.ts';
import type { Origin } from '#domain/audit/event.ts';
import { loadSettings } from '#settings/load.ts';
import { loadFirstAndSetUp } from '#src/first-load.ts';
import { createServices, openEngine, openSealer, surroundings } from '#src/services.ts';
import { people, policyVersions, systems } from '#storage/collections.ts';
import type { Engine } from '#storage/port.ts';

const origin: Origin = { actor: { kind: 'hub' } };
const silent = surroundings({ log: (await import('#platform/log.ts')).createLog({ level: 'silent' }) });

/** As many hubs as asked for, over one store that does not know that it is only theirs. */
async function nodes(t: { after(end: () => Promise<void>): void }, many: number): Promise<Services[]> {
  const data = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  const file = join(data, 'hub.yaml');
  const rows = Array.from({ length: 20 }, (_, row) => `p${row}@x.example,P ${row}`).join('\n');
  writeFileSync(join(data, 'people.csv'), `email,name\n${rows}\n`);
  const system = (id: string) =>
    `  - { id: ${id}, title: ${id}, side: crm, clientSecret: not-told-to-anybody, redirectUris: ["https://${id}.example/cb"] }\n`;
  writeFileSync(file, `people: people.csv\nsystems:\n${['one', 'two', 'three'].map(system).join('')}`);
  const settings = loadSettings({ env: { HUB_DATA: data, HUB_CONFIG: file }, cwd: data });
  const seal = openSealer(settings);
  const engine = await openEngine(settings, seal, silent);
  const shared = (): Engine => ({
    name: engine.name,
    audit: engine.audit,
    get: (collection, id) => engine.get(collection, id),
    find: (collection, query) => engine.find(collection, query),
    count: (collection, where) => engine.count(collection, where),
    commit: (commit) => engine.commit(commit),
    changes: (collection) => engine.changes(collection),
    ping: () => engine.ping(),
    close: async () => {},
  });
  const all = Array.from({ length: many }, () =>
    createServices(settings, { engine: shared(), seal, modules: [] }, silent),
  );
  t.after(async () => {
    for (const services of all) {
      await services.hasher.close();
      await services.guesser.close();
    }
    await engine.close();
    rmSync(data, { recursive: true, force: true });
  });
  return all;
}

async function typesOf({ store }: Services): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for await (const { type } of store.audit.export({})) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

test('everything is loaded once, and all tell the same one-time address, which makes one owner', async (t) => {
  const all = await nodes(t, 5);
  const [first] = all;
  assert.ok(first);
  const addresses = await Promise.all(all.map((services) => loadFirstAndSetUp(services)));
  assert.equal(new Set(addresses).size, 1);
  assert.equal((await listKeys(first)).length, 2);
  assert.equal(await first.store.count(policyVersions), 1);
  assert.equal(await first.store.count(people), 20);
  assert.equal(await first.store.count(systems), 3);
  const once = {
    'key.created': 2,
    'key.activated': 2,
    'system.created': 3,
    'policy.published': 1,
    'person.created': 20,
  };
  assert.deepEqual(await typesOf(first), once);

  const token = addresses[0]?.replace('/set-up/', '') ?? '';
  const owner = { email: 'boss@x.example', password: 'correct horse battery staple' };
  const tries = await Promise.allSettled(all.map((services) => completeSetup(services, origin, token, owner)));
  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.deepEqual(
    await Promise.all(all.map((services) => ensureSetup(services))),
    all.map(() => undefined),
  );
});

test('each step holds by itself too, when nobody waits for his turn', async (t) => {
  const all = await nodes(t, 5);
  const [first] = all;
  assert.ok(first);
  await Promise.all(all.map((services) => ensureKeys(services, origin)));
  assert.equal((await listKeys(first)).length, 2);
  await Promise.all(all.map((services) => applySystems(services, origin, services.settings.systems)));
  assert.equal((await typesOf(first))['system.created'], 3);
  assert.equal(new Set(await Promise.all(all.map((services) => ensureSetup(services)))).size, 1);
  const rotated = await Promise.allSettled(all.map((services) => rotateKeys(services, origin, { now: true })));
  assert.ok(rotated.some(({ status }) => status === 'fulfilled'));
  const states = (await listKeys(first)).filter(({ state }) => state === 'active').map(({ alg }) => alg);
  assert.deepEqual(states.sort(), ['ES256', 'RS256'], 'never two keys that sign');
});
