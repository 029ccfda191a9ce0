/**
 * Questions about a large company, in a process of its own: policy.ts FOLDER PEOPLE seed|ask. People × 500 rules × 4 systems on the
 * embedded store. Prints one JSON document: seconds, the longest time the event loop stood still, memory.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { effectiveAccess } from '#actions/access/effective.ts';
import { subjectOfPerson } from '#actions/access/subject.ts';
import { effectOfPolicy } from '#actions/policy/effect.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import { everybody } from '#actions/policy/people.ts';
import { publishPolicy } from '#actions/policy/publish.ts';
import { askEverybody } from '#actions/policy/what-if/run.ts';
import { createSystem } from '#actions/systems/create.ts';
import { checkPolicy } from '#domain/policy/check/check.ts';
import { compilePolicy } from '#domain/policy/compile.ts';
import { uuidv7 } from '#platform/ids.ts';
import { createLog } from '#platform/log.ts';
import { loadSettings } from '#settings/load.ts';
import { type SystemInput, withDefaults } from '#settings/system.ts';
import { createHub } from '#src/hub.ts';
import { assignments, people } from '#storage/collections.ts';
import { aPerson } from '#test/support/records.ts';

const [data = '', given = '100000', step = 'ask'] = process.argv.slice(2);
const count = Number(given);
const operator = { actor: { kind: 'operator' } } as const;
const systems = ['crm', 'erp', 'wms', 'bi'];
const [departments, countries, titles] = [50, 20, 40];

/** 120 roles with a few grants in each system, 500 rules on department, country and title, 20 separation rules. */
function policyText(shift: number): string {
  const domains = Array.from(
    { length: 40 },
    (_, d) => `  d${d}: { sides: [crm, erp, other], actions: [read, write, approve] }`,
  );
  const permission = (n: number) => `"d${n % 40}:${['read', 'write', 'approve'][n % 3]}"`;
  const roles = Array.from({ length: 120 }, (_, r) => {
    const grants = systems.map(
      (id, s) => `${id}: [${[0, 1, 2, 3].map((i) => permission(r * 7 + s * 11 + i * 5)).join(', ')}]`,
    );
    return `  r${r}: { includes: [${r > 20 && r % 3 === 0 ? `r${r % 20}` : ''}], grants: { ${grants.join(', ')} } }`;
  });
  const rules = Array.from({ length: 500 }, (_, r) => {
    const when = [`department: D${(r + (r % 25 === 0 ? shift : 0)) % departments}`];
    if (r % 2 === 0)
      when.push(`country: { in: [C${r % countries}, C${(r + 3) % countries}, C${(r + 7) % countries}] }`);
    if (r % 5 === 0) when.push(`jobTitle: { prefix: T${r % 4} }`);
    return `  - { role: r${r % 120}, when: { ${when.join(', ')} } }`;
  });
  const separation = Array.from(
    { length: 20 },
    (_, s) =>
      `  - { id: s${s}, mode: warn, conflict: [{ system: crm, permission: ${permission(s * 13)} }, { system: erp, permission: ${permission(s * 17 + 1)} }, { system: wms, permission: ${permission(s * 19)} }] }`,
  );
  return [
    'version: 1',
    'domains:',
    ...domains,
    'roles:',
    ...roles,
    'assign:',
    ...rules,
    'separation:',
    ...separation,
    '',
  ].join('\n');
}

const settings = loadSettings({ env: { HUB_DATA: data, HUB_ISSUER: 'http://localhost:1' } });
const hub = await createHub(settings, { log: createLog({ level: 'silent' }) });
const { services } = hub;
if (step === 'seed') {
  for (const [index, id] of systems.entries()) {
    const side = ['crm', 'erp'][index] ?? 'other';
    const input = { id, title: id, side, clientSecret: 'secret-of-the-bench', redirectUris: ['https://a.example/'] };
    await createSystem(services, operator, withDefaults(input as unknown as SystemInput));
  }
  await publishPolicy(services, operator, { text: policyText(0), reason: 'bench', overBudget: true });
  for (let from = 0; from < count; from += 1_000) {
    const changes = Array.from({ length: Math.min(1_000, count - from) }, (_, offset) => {
      const n = from + offset;
      const person = aPerson({
        email: `p${n}@example.com`,
        name: `Person ${n}`,
        department: `D${n % departments}`,
        country: `C${(n * 7) % countries}`,
        jobTitle: `T${n % titles}`,
      });
      const id = uuidv7(services.clock.now());
      const insert = { kind: 'insert', collection: people, id, data: person } as const;
      const role = { person: id, role: `r${n % 120}`, reason: 'bench', by: 'operator', at: 0 };
      return n % 20 === 0
        ? [insert, { kind: 'insert', collection: assignments, id: uuidv7(services.clock.now()), data: role } as const]
        : [insert];
    }).flat();
    await services.store.write({ changes });
  }
  await hub.close();
  process.exit(0);
}

interface Measured {
  readonly seconds: number;
  /** CPU seconds of the whole process, threads included: what to trust on a busy machine. */
  readonly cpu: number;
  /** Milliseconds: the longest that anything else in this process had to wait, and what 99 of 100 waited at most. */
  readonly loopMax: number;
  readonly loopP99: number;
}

async function timed(act: () => Promise<unknown>): Promise<Measured> {
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const start = performance.now();
  const cpuBefore = process.cpuUsage();
  await act();
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  loop.disable();
  return { seconds, cpu: (user + system) / 1e6, loopMax: loop.max / 1e6 - 5, loopP99: loop.percentile(99) / 1e6 - 5 };
}

const text = policyText(1);
const compileStart = performance.now();
const checked = checkPolicy(text);
if (!checked.ok) throw new Error(JSON.stringify(checked.faults));
const compiled = compilePolicy(checked.document);
const compileMs = performance.now() - compileStart;

const sample = [];
for await (const page of everybody(services.store)) {
  for (const one of page) sample.push(subjectOfPerson(one.person, one.assignments));
  if (sample.length >= 20_000) break;
}
const now = services.clock.now();
for (const subject of sample) compiled.access(subject, now);
const accessStart = performance.now();
for (const subject of sample) compiled.access(subject, now);
const accessMicros = ((performance.now() - accessStart) * 1_000) / sample.length;

let peak = 0;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 20);
const before = await policyInForce(services);
const reading = await timed(async () => {
  for await (const _ of everybody(services.store));
});
const rssBefore = process.memoryUsage.rss();
let effect: Awaited<ReturnType<typeof effectOfPolicy>> | undefined;
const whatIf = await timed(async () => {
  effect = await effectOfPolicy(services, before, { text, compiled }, { at: now, ahead: true });
});
const whatIfPeak = peak;
let breaches = 0;
const conflicts = await timed(async () => {
  breaches = (await askEverybody(services, { kind: 'conflicts', policy: text, at: now })).breaches.length;
});
clearInterval(watch);
const one = effect?.affected[0]?.id;
if (one !== undefined) await effectiveAccess(services, one);
process.stdout.write(
  `${JSON.stringify({
    people: count,
    rules: 500,
    systems: systems.length,
    compileMs,
    accessMicros,
    reading,
    whatIf,
    affected: effect?.affected.length,
    deltas: effect?.deltas.length,
    conflicts,
    breaches,
    rssBefore,
    rssPeak: whatIfPeak,
  })}\n`,
);
await hub.close();
