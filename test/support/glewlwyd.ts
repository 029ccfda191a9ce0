import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { freePort } from './booted.ts';
import { Browser } from './browser.ts';

const program = '/usr/bin/glewlwyd';
const schema = '/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3';

/** Why Glewlwyd cannot run here; undefined when it can. */
export function whyNoGlewlwyd(): string | undefined {
  const missing = [program, schema].filter((file) => !existsSync(file));
  return missing.length === 0 ? undefined : `no ${missing.join(', ')} (apt-get install glewlwyd)`;
}

export interface Glewlwyd {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Makes somebody with a password. */
  person(username: string, name: string, email: string, password: string): Promise<void>;
  /** A browser there, signed in as this person, who lets the hub know who they are. */
  browser(username: string, password: string): Promise<Browser>;
}

/**
 * Debian's Glewlwyd on loopback, with an SQLite database in a folder of its own: an OpenID provider of another hand. It is set up through
 * its own administration API.
 * @param redirects where it may send browsers back to
 */
export async function startGlewlwyd(
  t: { after(end: () => Promise<void>): void },
  redirects: readonly string[],
  signedOut: string,
): Promise<Glewlwyd> {
  const folder = mkdtempSync(join(tmpdir(), 'glewlwyd-'));
  const port = await freePort();
  const base = `http://localhost:${port}`;
  const database = new DatabaseSync(join(folder, 'users.db'));
  database.exec(readFileSync(schema, 'utf8'));
  database.close();
  const file = join(folder, 'glewlwyd.conf');
  writeFileSync(file, settingsOf(port, folder));
  const child = spawn(program, [`--config-file=${file}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(async () => {
    if (child.exitCode === null && child.kill('SIGTERM')) await new Promise((resolve) => child.once('exit', resolve));
    rmSync(folder, { recursive: true, force: true });
  });
  await started(child);
  const admin = await signedIn(base, 'admin', 'password');
  const issuer = `${base}/api/oidc`;
  const clientSecret = 'known-to-glewlwyd-and-hub';
  await admin('POST', '/mod/plugin/', plugin(issuer));
  await admin('POST', '/client/', {
    client_id: 'hub',
    name: 'Hub',
    confidential: true,
    enabled: true,
    client_secret: clientSecret,
    redirect_uri: redirects,
    post_logout_redirect_uri: signedOut,
    authorization_type: ['code'],
    token_endpoint_auth_method: ['client_secret_basic'],
    scope: ['openid'],
  });
  return {
    issuer,
    clientId: 'hub',
    clientSecret,
    async person(username, name, email, password) {
      await admin('POST', '/user/', { username, name, email, password, enabled: true, scope: ['openid'] });
    },
    async browser(username, password) {
      const browser = new Browser();
      const call = await signedIn(base, username, password, browser);
      await call('PUT', '/auth/grant/hub', { scope: 'openid' });
      return browser;
    },
  };
}

function settingsOf(port: number, folder: string): string {
  const modules = Object.entries({ user: 'user', client: 'client', user_auth_scheme: 'scheme', plugin: 'plugin' });
  return `
port=${port}
external_url="http://localhost:${port}"
login_url="login.html"
api_prefix="api"
static_files_path="/usr/share/glewlwyd/webapp/"
log_mode="console"
log_level="INFO"
cookie_domain="localhost"
cookie_secure=0
session_expiration=3600
session_key="GLEWLWYD2_SESSION_ID"
admin_scope="g_admin"
profile_scope="g_profile"
${modules.map(([name, place]) => `${name}_module_path="/usr/lib/glewlwyd/${place}"`).join('\n')}
user_middleware_module_path="/usr/lib/glewlwyd/user_middleware"
hash_algorithm="SHA512"
database = { type = "sqlite3"; path = "${join(folder, 'users.db')}"; };
`;
}

/** @returns once it says that it serves */
function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let told = '';
    const hear = (chunk: Buffer) => {
      told += chunk.toString('utf8');
      if (told.includes('Glewlwyd started on port')) resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Glewlwyd ended with ${code}: ${told}`)));
  });
}

/** Signs in through the API, and makes calls with the session. */
async function signedIn(base: string, username: string, password: string, browser = new Browser()) {
  const call = async (method: string, path: string, body: object): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await browser.send(`${base}/api${path}`, { method, headers, body: JSON.stringify(body) });
    if (answer.status !== 200)
      throw new Error(`Glewlwyd answered ${method} ${path} with ${answer.status} ${answer.text}`);
  };
  await call('POST', '/auth/', { username, password });
  return call;
}

function plugin(issuer: string): object {
  const pem = { type: 'pkcs8', format: 'pem' } as const;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: pem,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return {
    module: 'oidc',
    name: 'oidc',
    display_name: 'OpenID Connect',
    enabled: true,
    parameters: {
      iss: issuer,
      'jwt-type': 'rsa',
      'jwt-key-size': '256',
      key: privateKey,
      cert: publicKey,
      'code-duration': 600,
      'refresh-token-duration': 1_209_600,
      'access-token-duration': 3600,
      'refresh-token-rolling': true,
      'allow-non-oidc': false,
      'auth-type-code-enabled': true,
      'auth-type-token-enabled': false,
      'auth-type-id-token-enabled': true,
      'auth-type-none-enabled': false,
      'auth-type-password-enabled': false,
      'auth-type-client-enabled': false,
      'auth-type-refresh-enabled': true,
      scope: [],
      claims: [],
      'name-claim': 'mandatory',
      'email-claim': 'mandatory',
      'pkce-allowed': true,
      'pkce-method-plain-allowed': false,
      'pkce-required': true,
      'subject-type': 'public',
      'oauth-as-iss-id': true,
      'jwks-show': true,
      'allowed-scope': ['openid'],
      'session-management-allowed': true,
      'session-cookie-name': 'G_SID',
      'session-cookie-expiration': 3600,
    },
  };
}
