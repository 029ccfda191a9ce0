/** `npm run interop`: every `*.interop.ts`, one after the other, then what was seen as one table. Words choose files by their path. */
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Evidence } from '#test/support/evidence.ts';
import { runFiles } from '#test/support/runner.ts';

const root = resolve(import.meta.dirname, '../..');
const words = process.argv.slice(2);
const files = globSync('test/interop/**/*.interop.ts', { cwd: root })
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();
if (files.length === 0) {
  console.error(`no interop file has ${words.join(' or ')} in its path`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-interop-'));
const [seen, left] = [join(folder, 'evidence'), join(folder, 'not-run')];
for (const file of [seen, left]) writeFileSync(file, '');
// Their servers and browsers would fight over two processors.
const tally = await runFiles(files, { GATEHOUSE_EVIDENCE: seen, GATEHOUSE_NOT_RUN: left }, 1);

const linesOf = <T>(file: string): T[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
const rows = linesOf<Evidence>(seen);
const kinds = new Map(linesOf<{ kind: string; why: string }>(left).map(({ kind, why }) => [kind, why]));
rmSync(folder, { recursive: true });

const columns = ['product', 'part', 'act', 'result'] as const;
const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => row[column].length)));
const line = (cells: readonly string[]) =>
  cells
    .map((cell, at) => cell.padEnd(widths[at] ?? 0))
    .join('  ')
    .trimEnd();
if (rows.length > 0) {
  console.log(line(columns));
  for (const row of rows) console.log(line(columns.map((column) => row[column])));
}
for (const [kind, why] of kinds) console.log(`NOT RUN: ${kind}: ${why}`);
console.log(`Interop: ${tally.text}`);
process.exitCode = tally.passed ? 0 : 1;
