/** `npm test`: every test that can run on this machine, then one line for each kind that could not. */
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
/** Words on the command line choose files whose path holds one of them: `npm test -- settings oidc`. */
const wanted = process.argv.slice(2);
const files = globSync('test/**/*.test.ts', { cwd: root })
  .filter((file) => wanted.length === 0 || wanted.some((word) => file.includes(word)))
  .sort();
if (files.length === 0) {
  console.error(`no test file has ${wanted.join(' or ')} in its path`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tests-'));
const record = join(folder, 'not-run');
writeFileSync(record, '');

const runner = spawn(
  process.execPath,
  ['--test', `--test-concurrency=${Math.max(2, availableParallelism())}`, '--test-timeout=180000', ...files],
  { cwd: root, stdio: 'inherit', env: { ...process.env, GATEHOUSE_NOT_RUN: record } },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => runner.kill(signal));
runner.on('exit', (code, signal) => {
  const kinds = new Map<string, string>();
  for (const line of readFileSync(record, 'utf8').split('\n')) {
    if (line === '') continue;
    const { kind, why } = JSON.parse(line) as { kind: string; why: string };
    kinds.set(kind, why);
  }
  for (const [kind, why] of kinds) console.log(`NOT RUN: ${kind}: ${why}`);
  rmSync(folder, { recursive: true });
  console.log(code === 0 ? 'Tests passed.' : `Tests failed (${signal ?? `exit ${code}`}).`);
  process.exitCode = code ?? 1;
});
