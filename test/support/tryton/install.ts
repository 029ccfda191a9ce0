import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Of one series, so that a database made by one suits the other. */
const packages = [
  'trytond',
  'trytond-sale',
  'trytond-sale-opportunity',
  'trytond-purchase',
  'trytond-user-role',
  'trytond-authentication-saml',
].map((name) => `${name}~=8.2.0`);
const modules = ['sale', 'sale_opportunity', 'purchase', 'user_role', 'authentication_saml'];

export const adminPassword = 'administrator of the test';

export interface Installation {
  /** Folder of the programs of the virtual environment. */
  readonly bin: string;
  /** A database with every module, to be copied. */
  readonly template: string;
}

/** Another process that installs has at most this long, in ms; a lock that is older was left behind. */
const longest = 15 * 60_000;

/**
 * Tryton in the user's cache: installed from PyPI and initialised once, by whichever test comes first.
 * @throws Error where Python or the packages cannot be had
 */
export async function installTryton(): Promise<Installation> {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'gatehouse', 'tryton');
  const found = { bin: join(cache, 'venv', 'bin'), template: join(cache, 'template-8.2.sqlite') };
  if (existsSync(found.template)) return found;
  mkdirSync(cache, { recursive: true });
  const lock = join(cache, 'installing');
  while (!locked(lock)) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (existsSync(found.template)) return found;
  }
  try {
    await run('python3', ['-m', 'venv', join(cache, 'venv')]);
    await run(join(found.bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...packages]);
    await makeDatabase(found, join(cache, `making-${process.pid}`));
    return found;
  } finally {
    rmSync(lock, { recursive: true, force: true });
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

async function makeDatabase({ bin, template }: Installation, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  try {
    const conf = join(folder, 'trytond.conf');
    const password = join(folder, 'password');
    writeFileSync(conf, `[database]\nuri = sqlite://\npath = ${folder}\n`);
    writeFileSync(password, `${adminPassword}\n`);
    writeFileSync(join(folder, 'made.sqlite'), '');
    const env = { ...process.env, TRYTONPASSFILE: password };
    const admin = (...args: string[]) =>
      run(join(bin, 'trytond-admin'), ['-c', conf, '-d', 'made', ...args], { env, cwd: tmpdir() });
    await admin('--all', '--email', 'admin@example.com');
    await admin('-u', ...modules, '--activate-dependencies');
    renameSync(join(folder, 'made.sqlite'), template);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
