import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { notRun } from './not-run.ts';

const run = promisify(execFile);

/** Another process that installs has at most this long, in ms; a lock that is older was left behind. */
const longest = 10 * 60_000;

/** Folder in the user's cache for parts that tests bring. */
export const partsCache = (name: string): string =>
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'gatehouse', name);

/**
 * A Python program with these packages, in a virtual environment of the user's cache that is made once. Undefined, and the test
 * skipped, where it cannot be had.
 *
 * @param name of the environment; other packages are another environment
 * @returns its `bin` folder
 */
export async function pythonWith(
  t: TestContext,
  name: string,
  packages: readonly string[],
): Promise<string | undefined> {
  const folder = partsCache(name);
  const bin = join(folder, 'venv', 'bin');
  const done = join(folder, `done-${packages.join('_').replace(/[^\w.-]/g, '-')}`);
  try {
    await installOnce(folder, done, async () => {
      rmSync(join(folder, 'venv'), { recursive: true, force: true });
      await run('python3', ['-m', 'venv', join(folder, 'venv')]);
      await run(join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...packages]);
    });
    return bin;
  } catch (error) {
    notRun(t, name, `it could not be installed from PyPI: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

async function installOnce(folder: string, done: string, install: () => Promise<void>): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, 'installing');
  while (!existsSync(done)) {
    if (!locked(lock)) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      continue;
    }
    try {
      if (!existsSync(done)) await install();
      writeFileSync(done, '');
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
}

function locked(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    if (existsSync(lock) && Date.now() - statSync(lock).mtimeMs > longest)
      rmSync(lock, { recursive: true, force: true });
    return false;
  }
}
