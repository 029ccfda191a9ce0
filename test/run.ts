/**
 * `npm test`: every test that can run on this machine, then those that go through the whole hub once more with MongoDB as its
 * store, then one line for each kind that could not run. Words choose files whose path holds one of them, on the embedded store
 * alone; `--mongodb` before them chooses the second pass alone.
 */
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { mongoName, startMongo } from './support/mongo.ts';
import { runFiles, type Tally } from './support/runner.ts';

const root = resolve(import.meta.dirname, '..');
const onlyMongo = process.argv[2] === '--mongodb';
const wanted = process.argv.slice(onlyMongo ? 3 : 2);
const chosen = (patterns: readonly string[]): string[] =>
  globSync([...patterns], { cwd: root })
    .filter((file) => wanted.length === 0 || wanted.some((word) => file.includes(word)))
    .sort();

/** What goes through the whole hub, and so through everything that a store has to be for it. */
const throughTheHub = [
  'test/journey.test.ts',
  'test/oidc/{leaving,code-flow,device,journey,logout,races,refusals,tokens}.test.ts',
  'test/http/{account,sign-in,sources}.test.ts',
  'test/actions/sources/*.test.ts',
  'test/http/api/{people,unify}.test.ts',
  'test/actions/people/{departments,erase}.test.ts',
  'test/actions/unify/{jobs,unify}.test.ts',
  'test/actions/break-glass.test.ts',
  'test/actions/reviews/*.test.ts',
  'test/browser/journey.test.ts',
];
const first = onlyMongo ? [] : chosen(['test/**/*.test.ts']);
const second = onlyMongo || wanted.length === 0 ? chosen(throughTheHub) : [];
if (first.length + second.length === 0) {
  console.error(`no test file has ${wanted.join(' or ')} in its path`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tests-'));
const record = join(folder, 'not-run');
writeFileSync(record, '');
const notRun = { GATEHOUSE_NOT_RUN: record };

const lines: string[] = [];
let failed = false;
function told(title: string, tally: Tally): void {
  failed ||= !tally.passed;
  lines.push(`Tests on ${title}: ${tally.text}`);
}

if (first.length > 0) told('SQLite', await runFiles(first, notRun));
if (second.length > 0) {
  const ends: (() => unknown)[] = [];
  const name = mongoName();
  const server =
    name === undefined ? undefined : await startMongo({ after: (end: () => unknown) => ends.push(end) } as never);
  if (server === undefined) lines.push('NOT RUN: the whole hub on MongoDB: no server (see test/support/mongo/find.ts)');
  else {
    // One thread serves them all there: a large transaction of one file would make another's reads miss the hub's deadline.
    const atOnce = server.name === 'SecantusDB' ? 1 : undefined;
    const env = { ...notRun, GATEHOUSE_TEST_STORE: server.address };
    told(`MongoDB (${server.name})`, await runFiles(second, env, atOnce));
  }
  for (const end of ends) await end();
}

const kinds = new Map<string, string>();
for (const line of readFileSync(record, 'utf8').split('\n')) {
  if (line === '') continue;
  const { kind, why } = JSON.parse(line) as { kind: string; why: string };
  kinds.set(kind, why);
}
rmSync(folder, { recursive: true });
for (const [kind, why] of kinds) console.log(`NOT RUN: ${kind}: ${why}`);
for (const line of lines) console.log(line);
console.log(failed ? 'Tests failed.' : 'Tests passed.');
process.exitCode = failed ? 1 : 0;
