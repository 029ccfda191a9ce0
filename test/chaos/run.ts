/** `npm run chaos`: kills, faults and outages in their long form, one after the other, and one table. See README.md here. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { run } from 'node:test';
import { parseArgs } from 'node:util';
import type { Figure } from '#test/support/figure.ts';
import { type Part, parts } from './parts.ts';
import { isFailed, isMissed, type Outcome, table } from './table.ts';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
    /** Figures are told and decide nothing: for a machine that may be busy with something else. */
    tell: { type: 'boolean', default: false },
  },
});
const names = parts.map(({ name }) => name);
const unknown = values.only?.find((name) => !names.includes(name));
if (unknown !== undefined) {
  process.stderr.write(`there is no part ${unknown}; there is: ${names.join(', ')}\n`);
  process.exit(2);
}
const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-chaos-'));
const tell = (text: string): void => void process.stderr.write(text);

async function outcomeOf({ name, file, titled, long }: Part): Promise<Outcome> {
  const [figures, notRun] = [join(folder, `${name}-figures`), join(folder, `${name}-not-run`)];
  for (const record of [figures, notRun]) writeFileSync(record, '');
  const env = { ...(values.short ? {} : long), GATEHOUSE_FIGURES: figures, GATEHOUSE_NOT_RUN: notRun };
  // The test processes take their variables from this one.
  Object.assign(process.env, env);
  const began = performance.now();
  const failed: string[] = [];
  const stream = run({
    files: [join(root, file)],
    concurrency: false,
    ...(titled === undefined ? {} : { testNamePatterns: [new RegExp(titled)] }),
  });
  stream.on('test:diagnostic', ({ message, nesting }) => {
    if (nesting > 0 || !/^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /.test(message))
      tell(`  ${message}\n`);
  });
  stream.on('test:fail', ({ name: test, details }) => {
    const cause: unknown = details.error.cause ?? details.error;
    failed.push(`${test}: ${(cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0]}`);
    tell(`  FAILED ${test}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`);
  });
  await new Promise((done) => stream.on('end', done).resume());
  for (const key of Object.keys(env)) delete process.env[key];
  return {
    part: name,
    seconds: (performance.now() - began) / 1000,
    figures: linesOf<Figure>(figures),
    failed,
    notRun: linesOf<{ kind: string; why: string }>(notRun).map(({ kind, why }) => `${kind}: ${why}`),
  };
}

function linesOf<T>(file: string): T[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as T);
}

const outcomes: Outcome[] = [];
try {
  for (const part of parts.filter(({ name }) => values.only?.includes(name) ?? true)) {
    tell(`${part.name} (machine: ${availableParallelism()} processors, load ${loadavg()[0]?.toFixed(1)})\n`);
    outcomes.push(await outcomeOf(part));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(values.json ? `${JSON.stringify(outcomes, null, 2)}\n` : table(outcomes));
process.exitCode = outcomes.some(values.tell ? isFailed : isMissed) ? 1 : 0;
