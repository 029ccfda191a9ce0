import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './booted.ts';

const program = '/usr/sbin/apache2';
const modules = '/usr/lib/apache2/modules';
const needed = ['mpm_event', 'authz_core', 'authn_core', 'authz_user', 'dir', 'headers', 'env', 'auth_openidc'];

/** Why Apache with mod_auth_openidc cannot run here; undefined when it can. */
export function whyNoApache(): string | undefined {
  const missing = [program, ...needed.map((name) => `${modules}/mod_${name}.so`)].filter((file) => !existsSync(file));
  if (missing.length === 0) return undefined;
  return `no ${missing.join(', ')} (apt-get install apache2 libapache2-mod-auth-openidc)`;
}

export interface Apache {
  /** Its address, without a slash at the end. */
  readonly base: string;
  /** Puts these lines of mod_auth_openidc before a static page and starts it. */
  start(openid: readonly string[]): Promise<void>;
}

/** Debian's Apache on loopback with one static page behind mod_auth_openidc, started once its settings are known. */
export async function prepareApache(t: { after(end: () => Promise<void>): void }): Promise<Apache> {
  const folder = mkdtempSync(join(tmpdir(), 'apache-'));
  const pages = join(folder, 'pages');
  mkdirSync(pages);
  writeFileSync(join(pages, 'index.html'), '<!doctype html><title>Ledger</title><h1>Welcome to the ledger</h1>');
  // Started by root it serves as another user, who has to read the pages.
  for (const place of [folder, pages]) chmodSync(place, 0o755);
  const port = await freePort();
  let child: ChildProcess | undefined;
  t.after(async () => {
    if (child !== undefined && child.exitCode === null && child.kill('SIGTERM')) {
      await new Promise((resolve) => child?.once('exit', resolve));
    }
    rmSync(folder, { recursive: true, force: true });
  });
  const base = `http://localhost:${port}`;
  return {
    base,
    async start(openid) {
      const file = join(folder, 'apache.conf');
      writeFileSync(file, settings(folder, port, openid).join('\n'));
      child = spawn(program, ['-X', '-f', file], { stdio: 'ignore' });
      await answers(`${base}/`, child);
    },
  };
}

function settings(folder: string, port: number, openid: readonly string[]): string[] {
  return [
    `ServerRoot ${folder}`,
    `Listen 127.0.0.1:${port}`,
    'ServerName localhost',
    ...needed.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`),
    ...(process.getuid?.() === 0 ? ['User www-data', 'Group www-data'] : []),
    `PidFile ${folder}/pid`,
    `ErrorLog ${folder}/error.log`,
    `DefaultRuntimeDir ${folder}`,
    `DocumentRoot ${folder}/pages`,
    'DirectoryIndex index.html',
    ...openid,
    '<Location />',
    '  AuthType openid-connect',
    '  Require valid-user',
    '  Header set X-Signed-In "%{OIDC_CLAIM_email}e"',
    '</Location>',
    '',
  ];
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (child.exitCode !== null) throw new Error(`Apache ended with ${child.exitCode}`);
    const answered = await fetch(url, { redirect: 'manual' }).then(
      (answer) => answer.status < 500,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('Apache does not answer');
}
