/** `npm run bench`: what the hub costs beside the bare provider library. See README.md here. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { alike, alikeInWords } from './apart/alike.ts';
import { flood, floodInWords } from './apart/flood.ts';
import { measureGrowth } from './apart/growth.ts';
import { measureHashing } from './apart/hashing.ts';
import { measureStart } from './apart/start.ts';
import { measureStores } from './apart/stores.ts';
import { matchingInWords, measureMatching, sizes } from './apart/unify.ts';
import { startBare, startHub } from './child.ts';
import { measure, median, medianOf, type Sample } from './load/measure.ts';
import { operations, Visit } from './load/operations.ts';
import { type Asked, type Compared, type Imported, inWords, type Report } from './report.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    rounds: { type: 'string' },
    json: { type: 'boolean', default: false },
    import: { type: 'boolean', default: false },
    policy: { type: 'boolean', default: false },
    store: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
    unify: { type: 'boolean', default: false },
    flood: { type: 'boolean', default: false },
    alike: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});
if (values.unify) {
  const measured = sizes.map(measureMatching);
  process.stdout.write(values.json ? JSON.stringify(measured) : `${measured.map(matchingInWords).join('\n')}\n`);
  process.exit(0);
}
if (values.flood) {
  const seconds = values.quick ? 5 : 30;
  for (const eager of [false, true]) {
    const found = await flood(500, seconds, eager);
    process.stdout.write(values.json ? `${JSON.stringify({ eager, ...found })}\n` : floodInWords(found));
  }
}
if (values.alike) {
  const found = await alike(values.quick ? 50 : 500);
  process.stdout.write(values.json ? `${JSON.stringify(found)}\n` : alikeInWords(found));
}
if (values.flood || values.alike) process.exit(0);
const apart = ['hashing', 'start', 'import', 'policy', 'store', 'growth'];
const onDemand: Readonly<Record<string, boolean>> = {
  import: values.import,
  policy: values.policy,
  store: values.store,
  growth: values.growth,
};
const isAlone = values.policy || values.store || values.growth;
const names = [...operations.map(({ name }) => name), ...apart];
const unknown = values.only?.find((name) => !names.includes(name));
if (unknown !== undefined) {
  process.stderr.write(`there is nothing called ${unknown} to measure; there is: ${names.join(', ')}\n`);
  process.exit(2);
}
const wanted = (name: string): boolean => values.only?.includes(name) ?? onDemand[name] ?? !isAlone;

const rounds = Number(values.rounds ?? (values.quick ? 5 : 9));
const perRound = values.quick ? 160 : 400;
/** Everybody has been in both systems once when counting begins: a first entry ever makes a link, and is rare. */
const people = perRound;

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
const progress = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
};

async function compare(): Promise<Compared[]> {
  const chosen = operations.filter(({ name }) => wanted(name));
  if (chosen.length === 0) return [];
  const flags = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(values.profile)}`];
  const hub = new Visit(await startHub(join(folder, 'hub'), people, flags), people);
  const bare = new Visit(await startBare(folder, flags), people);
  const samples = new Map(chosen.map(({ name }) => [name, { hub: [] as Sample[], bare: [] as Sample[] }]));
  // The rounds before the first warm both sides up and are not counted.
  const warming = 2;
  for (let round = -warming; round < rounds; round += 1) {
    for (const visit of [hub, bare]) visit.newRound();
    for (const operation of operations) {
      const counted = samples.get(operation.name);
      // Others need those who signed in, whether that is measured or not.
      if (counted === undefined && operation.name !== 'sign-in') continue;
      progress(`${round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`}: ${operation.name}`);
      // Who goes first changes with the round.
      for (const visit of round % 2 === 0 ? [hub, bare] : [bare, hub]) {
        const sample = await measure(visit, operation, perRound * operation.weight);
        if (round >= 0) counted?.[visit.target.name].push(sample);
      }
    }
  }
  progress('');
  for (const visit of [hub, bare]) {
    await visit.close();
    await visit.target.stop();
  }
  return chosen.map((operation) => {
    const { hub: ours = [], bare: theirs = [] } = samples.get(operation.name) ?? {};
    const times = median(ours.map((sample, round) => sample.cpu / (theirs[round]?.cpu ?? Number.NaN)));
    return { operation, hub: medianOf(ours), bare: medianOf(theirs), times };
  });
}

function importApart(): Imported {
  progress('import of 100,000 people');
  const place = join(folder, 'import');
  mkdirSync(place);
  const program = resolve(import.meta.dirname, 'apart/import.ts');
  const said = execFileSync(process.execPath, [program, place, values.quick ? '10000' : '100000'], {
    encoding: 'utf8',
  });
  return JSON.parse(said) as Imported;
}

function policyApart(): Asked {
  progress('questions about 100,000 people');
  const place = join(folder, 'policy');
  mkdirSync(place);
  const program = resolve(import.meta.dirname, 'apart/policy.ts');
  const count = values.quick ? '10000' : '100000';
  execFileSync(process.execPath, [program, place, count, 'seed']);
  return JSON.parse(execFileSync(process.execPath, [program, place, count, 'ask'], { encoding: 'utf8' })) as Asked;
}

try {
  const compared = await compare();
  const report: Report = {
    rounds,
    compared,
    ...(wanted('hashing') ? { hashing: await measureHashing(values.quick ? 20 : 60) } : {}),
    ...(wanted('start') ? { start: await measureStart(join(folder, 'start'), 1000, values.quick ? 3 : 5) } : {}),
    ...(wanted('import') ? { imported: importApart() } : {}),
    ...(wanted('policy') ? { asked: policyApart() } : {}),
    ...(wanted('store') ? { stores: await measureStores(folder, values.quick, progress) } : {}),
    ...(wanted('growth') ? { growth: await measureGrowth(folder, values.quick) } : {}),
  };
  progress('');
  process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : inWords(report));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
