import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Attribute, Change, Client } from 'ldapts';
import { freePorts, Program } from '#test/support/mongo/program.ts';
import { notRun } from '#test/support/not-run.ts';
import { certificates } from './authority.ts';
import { type LdifEntry, ldif, suffix, tree } from './people.ts';
import { activeDirectory } from './schema.ts';

const slapd = ['/usr/sbin/slapd', '/usr/local/sbin/slapd', '/usr/lib/openldap/slapd'].find(existsSync);
const rootDn = `cn=root,${suffix}`;
const rootPassword = 'root of the test';

export interface Directory {
  /** `ldap://127.0.0.1:<port>` and `ldaps://localhost:<port>`; the certificate names `localhost` alone. */
  readonly url: string;
  readonly tlsUrl: string;
  readonly ports: { readonly plain: number; readonly tls: number };
  readonly ca: string;
  readonly caFile: string;
  /** As root of the directory, over the wire, so that overlays see it. */
  add(entries: readonly LdifEntry[]): Promise<void>;
  set(dn: string, attribute: string, values: readonly string[]): Promise<void>;
  move(dn: string, to: string): Promise<void>;
  remove(dn: string): Promise<void>;
  kill(): Promise<void>;
  again(): Promise<void>;
  /** Neither answers nor hangs up, until `resume`. */
  pause(): Promise<void>;
  resume(): void;
}

/**
 * A directory of its own that ends with the test; undefined, and the test skipped, where there is no slapd.
 * @param more entries beside the tree, loaded before it starts: many cost little there
 */
export async function startSlapd(t: TestContext, more: readonly LdifEntry[] = []): Promise<Directory | undefined> {
  if (slapd === undefined) {
    notRun(t, 'OpenLDAP', 'no slapd on this machine (apt-get install slapd)');
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-slapd-'));
  const { ca, caFile, certFile, keyFile } = certificates(folder, 'DNS:localhost');
  const [plain = 0, tls = 0] = await freePorts(2);
  const conf = join(folder, 'slapd.conf');
  mkdirSync(join(folder, 'db'));
  writeFileSync(join(folder, 'ad.schema'), activeDirectory);
  writeFileSync(conf, configuration({ folder, caFile, certFile, keyFile }));
  writeFileSync(join(folder, 'tree.ldif'), ldif([...tree, ...more]));
  const adding = join(slapd, '..', 'slapadd');
  execFileSync(existsSync(adding) ? adding : slapd, [
    ...(existsSync(adding) ? [] : ['-Tadd']),
    ...['-q', '-f', conf, '-l', join(folder, 'tree.ldif')],
  ]);
  const url = `ldap://127.0.0.1:${plain}`;
  const tlsUrl = `ldaps://localhost:${tls}`;
  const program = new Program(
    slapd,
    ['-f', conf, '-h', `${url} ldaps://127.0.0.1:${tls}`, '-d', '16384'],
    /slapd starting/,
    folder,
  );
  // It says that it starts a moment before it listens.
  const start = async () => {
    await program.start();
    while (!(await listens(tls))) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await start();
  t.after(() => program.end());
  const asRoot = async (act: (client: Client) => Promise<void>): Promise<void> => {
    const client = new Client({ url, timeout: 10_000 });
    await client.bind(rootDn, rootPassword);
    try {
      await act(client);
    } finally {
      await client.unbind();
    }
  };
  return {
    url,
    tlsUrl,
    ports: { plain, tls },
    ca,
    caFile,
    add: (entries) =>
      asRoot(async (client) => {
        for (const { dn, ...rest } of entries) await client.add(dn, rest as Record<string, string | string[]>);
      }),
    set: (dn, type, values) =>
      asRoot((client) =>
        client.modify(
          dn,
          new Change({ operation: 'replace', modification: new Attribute({ type, values: [...values] }) }),
        ),
      ),
    move: (dn, to) => asRoot((client) => client.modifyDN(dn, to)),
    remove: (dn) => asRoot((client) => client.del(dn)),
    kill: () => program.kill(),
    again: start,
    pause: async () => {
      program.signal('SIGSTOP');
      // A signal takes a moment to hold every thread.
      while (await answers(url));
    },
    resume: () => program.signal('SIGCONT'),
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ url, timeout: 300, connectTimeout: 300 });
  try {
    await client.search('', { scope: 'base' });
    return true;
  } catch {
    return false;
  } finally {
    await client.unbind().catch(() => {});
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function configuration(files: Record<'folder' | 'caFile' | 'certFile' | 'keyFile', string>): string {
  const schemas = ['core', 'cosine', 'inetorgperson'].map((name) => `include /etc/ldap/schema/${name}.schema`);
  return `${schemas.join('\n')}
include ${files.folder}/ad.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
moduleload ppolicy
pidfile ${files.folder}/slapd.pid
TLSCACertificateFile ${files.caFile}
TLSCertificateFile ${files.certFile}
TLSCertificateKeyFile ${files.keyFile}
TLSVerifyClient never
allow bind_anon_cred
sizelimit size.soft=500 size.hard=500 size.prtotal=unlimited
database mdb
suffix "${suffix}"
rootdn "${rootDn}"
rootpw "${rootPassword}"
directory ${files.folder}/db
dbnosync
maxsize 268435456
index objectClass,uid,mail,sAMAccountName,member eq
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
overlay memberof
memberof-group-oc groupOfNames
memberof-dangling ignore
overlay ppolicy
`;
}
