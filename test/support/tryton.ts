import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { freePorts, Program } from './mongo/program.ts';
import { notRun } from './not-run.ts';
import { adminPassword, type Installation, installTryton } from './tryton/install.ts';
import { TrytonDatabase } from './tryton/rpc.ts';

/** How often it is asked whether it is ready. */
const mostLooks = 120;

export interface Tryton {
  /** `http://127.0.0.1:<port>`, or with the host name that it was told. */
  readonly url: string;
  readonly port: number;
  /** Of the user `admin` in both databases. */
  readonly password: string;
  readonly crm: TrytonDatabase;
  readonly erp: TrytonDatabase;
  /** Ends it as a crash would; `again` starts it on the same databases and port. */
  kill(): Promise<void>;
  again(): Promise<void>;
  /** Neither answers nor hangs up, until `resume`. */
  pause(): void;
  resume(): void;
}

export interface TrytonOptions {
  /** `[web] hostname`: the host and port that it calls itself by. Default: 127.0.0.1 and its port. */
  readonly hostname?: (port: number) => string;
  /** Identity -> what it reads of the identity provider (module authentication_saml). `metadata` is the document. */
  readonly saml?: Readonly<
    Record<string, { readonly title: string; readonly metadata: string; readonly login?: string }>
  >;
  /** Known before it starts, for metadata that names its address. */
  readonly port?: number;
}

/**
 * A Tryton 8.2 of its own with the databases `crm` and `erp` on a free loopback port, gone with the test; undefined, and the test
 * skipped, where it cannot be had. Its modules: sale, sale_opportunity, purchase, user_role, authentication_saml.
 */
export async function startTryton(t: TestContext, options: TrytonOptions = {}): Promise<Tryton | undefined> {
  let installed: Installation;
  try {
    installed = await installTryton();
  } catch (error) {
    notRun(t, 'Tryton', `it could not be installed from PyPI: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tryton-'));
  mkdirSync(join(folder, 'db'));
  for (const name of ['crm', 'erp']) copyFileSync(installed.template, join(folder, 'db', `${name}.sqlite`));
  const port = options.port ?? (await freePorts(1))[0] ?? 0;
  const conf = join(folder, 'trytond.conf');
  writeFileSync(conf, configuration(folder, port, options));
  const program = new Program(
    join(installed.bin, 'python'),
    // One `-d` with both names: the models of a database that it does not name are not loaded.
    [join(installed.bin, 'trytond'), '-c', conf, '-d', 'erp', 'crm'],
    // Never matches: it says nothing when it listens, so that it is asked instead.
    /^$/,
    folder,
  );
  t.after(() => program.end());
  const url = `http://127.0.0.1:${port}`;
  const start = async () => {
    const ended = program.start().catch((error: Error) => error);
    for (let look = 0; look < mostLooks; look++) {
      const fault = await Promise.race([ended, setTimeout(250, undefined)]);
      if (fault instanceof Error) throw fault;
      if (await isReady(url)) return;
    }
    throw new Error('Tryton does not become ready');
  };
  await start();
  return {
    url,
    port,
    password: adminPassword,
    crm: new TrytonDatabase(url, 'crm'),
    erp: new TrytonDatabase(url, 'erp'),
    kill: () => program.kill(),
    again: start,
    pause: () => program.signal('SIGSTOP'),
    resume: () => program.signal('SIGCONT'),
  };
}

function configuration(folder: string, port: number, { hostname, saml = {} }: TrytonOptions): string {
  const identities = Object.entries(saml).map(([identity, { title, metadata, login = 'uid' }]) => {
    const file = join(folder, `${identity}.xml`);
    writeFileSync(file, metadata);
    return {
      title: `${identity} = ${title}`,
      section: `[authentication_saml ${identity}]\nmetadata = ${file}\nlogin = ${login}\n`,
    };
  });
  return [
    `[database]\nuri = sqlite://\npath = ${join(folder, 'db')}\n`,
    `[web]\nlisten = 127.0.0.1:${port}\nhostname = ${hostname?.(port) ?? `127.0.0.1:${port}`}\n`,
    ...(identities.length === 0 ? [] : [`[authentication_saml]\n${identities.map(({ title }) => title).join('\n')}\n`]),
    ...identities.map(({ section }) => section),
  ].join('\n');
}

/** It takes connections before the models of a database are loaded, and says nothing when they are. */
async function isReady(url: string): Promise<boolean> {
  try {
    for (const name of ['crm', 'erp']) await new TrytonDatabase(url, name).groups();
    return true;
  } catch {
    return false;
  }
}
