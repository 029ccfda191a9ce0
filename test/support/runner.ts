import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

export interface Tally {
  readonly passed: boolean;
  /** In words, with how many passed, failed and were left out. */
  readonly text: string;
}

/**
 * Runs test files and shows what they say.
 * @param env further variables for them
 * @param atOnce files under way at the same time
 */
export function runFiles(
  files: readonly string[],
  env: Readonly<Record<string, string>>,
  atOnce = Math.max(2, availableParallelism()),
): Promise<Tally> {
  const width = `--test-concurrency=${atOnce}`;
  const runner = spawn(process.execPath, ['--test', width, '--test-timeout=180000', ...files], {
    cwd: root,
    stdio: ['inherit', 'pipe', 'inherit'],
    // Colours as if the terminal were still there.
    env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}), ...env },
  });
  const counts = new Map<string, string>();
  let rest = '';
  runner.stdout.setEncoding('utf8').on('data', (piece: string) => {
    process.stdout.write(piece);
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, name, count] = /(pass|fail|skipped) (\d+)\D*$/.exec(line) ?? [];
      if (name !== undefined && count !== undefined) counts.set(name, count);
    }
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => runner.kill(signal));
  return new Promise((done) => {
    runner.on('exit', (code, signal) => {
      const said = ['pass', 'fail', 'skipped'].map((name) => `${counts.get(name) ?? '?'} ${name}`).join(', ');
      const how = signal === null ? said : `${said} (ended by ${signal})`;
      done({ passed: code === 0, text: how });
    });
  });
}
