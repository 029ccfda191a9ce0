/** The configuration: defaults of contract.md, overrides, secrets from files, and every fault at once. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { SettingsError } from '#settings/faults.ts';
import { loadSettings } from '#settings/load.ts';
import { shape } from '#settings/shape.ts';
import type { ModuleFacts } from '#settings/system.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-settings-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;
const modules: readonly ModuleFacts[] = [
  { id: 'generic', title: 'OpenID Connect' },
  {
    id: 'odoo',
    title: 'Odoo',
    exceptions: [{ rule: 'response-type-token', because: 'Its core knows nothing else.' }],
  },
];

function load(yaml: string, env: Record<string, string> = {}) {
  const file = join(folder, `hub-${files++}.yaml`);
  writeFileSync(file, yaml);
  return loadSettings({ env: { HUB_CONFIG: file, ...env }, cwd: folder, modules });
}

function faults(yaml: string, env: Record<string, string> = {}): string[] {
  try {
    load(yaml, env);
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    return error.message.split('\n');
  }
  return [];
}

const root = resolve(import.meta.dirname, '../..');

test('without any configuration everything has the default of the contract', () => {
  const settings = load('');
  assert.equal(settings.issuer, 'http://localhost:4000');
  assert.deepEqual(settings.listen, { host: '127.0.0.1', port: 4000 });
  assert.equal(settings.data, join(folder, 'data'));
  assert.deepEqual(settings.store, { kind: 'sqlite', file: join(folder, 'data/hub.db') });
  assert.equal(settings.secret, undefined);
  assert.equal(settings.workers, 1);
  assert.equal(settings.trustProxy, false);
  assert.deepEqual(settings.mail, { kind: 'log' });
  assert.deepEqual(settings.lifetimes, {
    code: 60_000,
    accessToken: 300_000,
    interaction: 1_800_000,
    sessionIdle: 28_800_000,
    session: 86_400_000,
    deviceCode: 600_000,
    resetLink: 1_800_000,
    inviteLink: 604_800_000,
  });
  assert.deepEqual(settings.limits, {
    signin: { perAccount: { count: 10, windowMs: 900_000 }, perNetwork: { count: 100, windowMs: 900_000 } },
    hash: { slots: availableParallelism(), queue: 32 },
    headers: 10_000,
    request: 30_000,
    logout: { firstRetry: 2000 },
  });
  assert.equal(settings.timeZone, 'UTC');
  assert.equal(settings.policy, undefined);
});

test('the shipped file says the same as no file, and names every setting', () => {
  const shipped = loadSettings({ env: {}, cwd: folder });
  assert.deepEqual(shipped, load(''));
  const text = readFileSync(join(root, 'config/hub.yaml'), 'utf8');
  const missing = Object.keys(shape).filter((key) => !new RegExp(`^(# )?${key}:`, 'm').test(text));
  assert.deepEqual(missing, []);
});

test('a system is filled in by its side and style', () => {
  const { systems } = load(`
systems:
  - { id: crm, title: Desk, side: crm, redirectUris: ["http://localhost:4001/cb"], clientSecret: 0123456789abcdef }
  - { id: app, title: Phone, side: other, auth: none, redirectUris: ["com.example.app:/cb"], clientId: phone }
  - { id: feed, title: Feed, side: other, clientSecret: 0123456789abcdef, machine: { scopes: ["hub:read"] } }
`);
  const [crm, app, feed] = systems;
  assert.ok(crm && app && feed);
  assert.deepEqual(crm, {
    id: 'crm',
    title: 'Desk',
    side: 'crm',
    provider: 'generic',
    redirectUris: ['http://localhost:4001/cb'],
    postLogoutRedirectUris: [],
    clientId: 'crm',
    auth: 'client_secret_basic',
    clientSecret: '0123456789abcdef',
    firstParty: true,
    refresh: true,
    rotateRefresh: false,
    idTokenAlg: 'RS256',
    par: false,
    open: false,
    requires: 'password',
    outbound: { allow: [] },
    settings: {},
  });
  assert.deepEqual([app.clientId, app.firstParty, app.refresh, app.rotateRefresh], ['phone', false, false, true]);
  assert.deepEqual(feed.redirectUris, []);
});

test('the environment overrides single values, and a fault is told under its name', () => {
  const settings = load('listen: { host: 0.0.0.0, port: 5000 }\nissuer: https://hub.example.com/', {
    HUB_PORT: '5001',
    HUB_DATA: '/srv/hub',
    HUB_TRUST_PROXY: '1',
    HUB_ADMIN_EMAIL: 'owner@example.com',
    HUB_ADMIN_PASSWORD: 'a long first password',
    HUB_METRICS_TOKEN: '',
  });
  assert.deepEqual(settings.listen, { host: '0.0.0.0', port: 5001 });
  assert.equal(settings.issuer, 'https://hub.example.com');
  assert.deepEqual(settings.store, { kind: 'sqlite', file: '/srv/hub/hub.db' });
  assert.equal(settings.trustProxy, 1);
  assert.deepEqual(settings.admin, { email: 'owner@example.com', password: 'a long first password' });
  assert.equal(settings.metrics.token, undefined);
  assert.deepEqual(faults('', { HUB_PORT: 'eighty' }), [
    'HUB_PORT: is not right; write a whole number from 0 to 65535',
  ]);
});

test('secrets come from files', () => {
  const file = join(folder, 'secret');
  writeFileSync(file, 'kept-elsewhere-0123456789\n');
  assert.equal(load('', { HUB_SECRET_FILE: file }).secret, 'kept-elsewhere-0123456789');
  const { systems } = load(
    `systems: [{ id: crm, title: Desk, side: crm, redirectUris: ["https://c.example/cb"], clientSecretFile: ${file} }]`,
  );
  assert.equal(systems[0]?.clientSecret, 'kept-elsewhere-0123456789');
  assert.match(faults('', { HUB_SECRET_FILE: file, HUB_SECRET: 'x' }).join(), /^HUB_SECRET_FILE: stands beside/);
  assert.match(faults('', { HUB_SECRET_FILE: '/nowhere' }).join(), /^HUB_SECRET_FILE: .* cannot be read/);
});

test('a bad settings file with five faults prints five lines', () => {
  const lines = faults(`
issuer: http://hub.example.com
lifetimes: { code: soon }
timezone: Europe/Warsaw
listen: { port: 99999 }
systems:
  - { id: crm, title: Desk, side: crm, clientSecret: 0123456789abcdef, redirectUris: ["https://*.example.com/cb"] }
`);
  assert.deepEqual(lines.sort(), [
    'issuer: is plain http beyond this machine; use https (http is for localhost alone)',
    'lifetimes.code: is not a duration; write a number and ms, s, m, h or d, like 5m',
    'listen.port: is not right; write a whole number from 0 to 65535',
    'systems[0].redirectUris[0]: holds a wildcard; list every address exactly as it is sent',
    'timezone: is not a setting; did you mean timeZone?',
  ]);
});

const base = 'id: crm, title: Desk, side: crm, redirectUris: ["https://c.example/cb"]';
const secret = 'clientSecret: 0123456789abcdef';
const keys = 'jwks: { keys: [{ kty: EC, crv: P-256, x: a, y: b }] }';
const one: [name: string, yaml: string, expected: RegExp][] = [
  ['two documents keys', 'data: a\ndata: b', /hub-\d+\.yaml:2: .*unique/i],
  ['unknown nested key', 'limits: { sigin: {} }', /^limits\.sigin: is not a setting; did you mean signin\?$/],
  ['rate', 'limits: { signin: { perAccount: 10 per hour } }', /^limits\.signin\.perAccount: is not a rate/],
  ['bare number as duration', 'lifetimes: { session: 3600 }', /^lifetimes\.session: is not a duration/],
  ['access token too long', 'lifetimes: { accessToken: 1h }', /^lifetimes\.accessToken: is too long; at most 5m/],
  ['idle above ceiling', 'lifetimes: { sessionIdle: 2d }', /^lifetimes\.sessionIdle: is longer/],
  ['time zone', 'timeZone: Europe/Warsw', /^timeZone: is no time zone/],
  ['issuer with a path', 'issuer: https://x.example/auth', /^issuer: has more than/],
  ['workers on sqlite', 'workers: 4', /^workers: is more than the embedded store serves/],
  ['every proxy', 'trustProxy: true', /^trustProxy: is too wide/],
  ['a word for a proxy', 'trustProxy: perhaps', /^trustProxy: names no network: perhaps/],
  ['one bad proxy among good', 'trustProxy: "loopback, 10.0.0.0/8, 10.0.0.0/99"', /: 10\.0\.0\.0\/99; write/],
  ['the whole world as a proxy', 'trustProxy: "10.0.0.1, 0.0.0.0/0"', /^trustProxy: is too wide/],
  ['memory store', 'store: "sqlite::memory:"', /^store: is a memory store/],
  ['memory store by address', 'store: "sqlite:file:hub?mode=memory"', /^store: is a memory store/],
  ['missing policy', 'policy: nowhere.yaml', /^policy: nowhere\.yaml does not exist/],
  ['half an admin', 'admin: { email: a@b.example }', /^admin\.password: is missing/],
  [
    'sources',
    'sources: [{ id: ad, title: Desk, provider: ldap, base: dc=x }]',
    /^sources\[0\]\.url: is missing; ldap needs it/,
  ],
  ['a list at the top', '- a', /holds no settings/],
  ['port 0 without issuer', 'listen: { port: 0 }', /^listen\.port: is 0/],
  ['system without secret', `systems: [{ ${base} }]`, /^systems\[0\]\.clientSecret: is missing/],
  ['secret without use', `systems: [{ ${base}, auth: none, ${secret} }]`, /^systems\[0\]\.clientSecret: is not used/],
  [
    'wrong style',
    `systems: [{ ${base}, auth: client_secret_basics, ${secret} }]`,
    /auth: .* did you mean client_secret_basic\?$/,
  ],
  ['key style without keys', `systems: [{ ${base}, auth: private_key_jwt }]`, /^systems\[0\]\.jwks: is missing/],
  [
    'private key',
    `systems: [{ ${base}, auth: private_key_jwt, jwks: { keys: [{ kty: EC, d: x }] } }]`,
    /^systems\[0\]\.jwks\.keys\[0\]: holds a private/,
  ],
  ['no addresses', `systems: [{ id: crm, title: D, side: crm, ${secret} }]`, /^systems\[0\]\.redirectUris: is empty/],
  [
    'unknown system key',
    `systems: [{ ${base}, ${secret}, redirectUri: x }]`,
    /redirectUri: .* did you mean redirectUris\?$/,
  ],
  ['bad id', `systems: [{ ${base.replace('crm', 'CRM 1')}, ${secret} }]`, /^systems\[0\]\.id: is no system id/],
  ['reserved id', `systems: [{ ${base.replace('crm', 'hub')}, ${secret} }]`, /^systems\[0\]\.id: hub is the hub's own/],
  ['unknown module', `systems: [{ ${base}, ${secret}, provider: oddo }]`, /provider: .* did you mean odoo\?$/],
  [
    'duplicate id',
    `systems: [{ ${base}, ${secret} }, { ${base}, ${secret} }]`,
    /^systems\[1\]\.id: crm is taken by systems\[0\]\.id/,
  ],
  [
    'duplicate client id',
    `systems: [{ ${base}, ${secret} }, { ${base.replace('crm', 'erp')}, ${secret}, clientId: crm }]`,
    /^systems\[1\]\.clientId: crm is taken by systems\[0\]\.clientId/,
  ],
  ['scope', `systems: [{ ${base}, ${secret}, machine: { scopes: ["hub:amin"] } }]`, /did you mean hub:admin\?$/],
  [
    'public machine',
    `systems: [{ ${base}, auth: none, machine: { scopes: [] } }]`,
    /^systems\[0\]\.machine: needs a system/,
  ],
  [
    'network',
    `systems: [{ ${base}, ${secret}, outbound: { allow: [intranet] } }]`,
    /outbound\.allow\[0\]: is not a network/,
  ],
  ['audience', `systems: [{ ${base}, ${secret}, api: { audience: erp } }]`, /^systems\[0\]\.api\.audience: is not/],
  [
    'implicit for a product that knows better',
    `systems: [{ ${base}, ${secret}, provider: generic, implicit: true }]`,
    /^systems\[0\]\.implicit: is for products that know only response_type=token/,
  ],
  [
    'implicit with bound tokens',
    `systems: [{ ${base}, ${secret}, provider: odoo, implicit: true, dpop: required }]`,
    /^systems\[0\]\.implicit: contradicts dpop/,
  ],
  ['public client without PKCE', `systems: [{ ${base}, auth: none, pkce: optional }]`, /^systems\[0\]\.pkce: must be/],
  ['PKCE misspelt', `systems: [{ ${base}, ${secret}, pkce: requird }]`, /pkce: .* did you mean required\?$/],
  ...(
    [
      ['par', 'par: false'],
      ['pkce', 'pkce: optional'],
      ['dpop', 'dpop: optional'],
      ['idTokenAlg', 'idTokenAlg: RS256'],
    ] as const
  ).map(([field, setting]): [string, string, RegExp] => [
    `FAPI 2.0 with ${setting}`,
    `systems: [{ ${base}, ${keys}, profile: fapi2, ${setting} }]`,
    new RegExp(`^systems\\[0\\]\\.${field}: contradicts profile: fapi2`),
  ]),
  [
    'FAPI 2.0 with a secret',
    `systems: [{ ${base}, ${secret}, profile: fapi2, auth: client_secret_basic }]`,
    /^systems\[0\]\.auth: contradicts profile: fapi2, which needs private_key_jwt$/,
  ],
  [
    'FAPI 2.0 over SAML',
    `systems: [{ ${base}, protocol: saml, profile: fapi2 }]`,
    /^systems\[0\]\.profile: is for OpenID Connect/,
  ],
];
for (const [name, yaml, expected] of one) {
  test(`one fault, one line: ${name}`, () => {
    const lines = faults(yaml);
    assert.equal(lines.length, 1, lines.join('\n'));
    assert.match(lines[0] ?? '', expected);
  });
}

test('FAPI 2.0 brings its own defaults, and implicit is for a module that names it', () => {
  const [fapi, odoo] = load(`systems:
  - { ${base}, profile: fapi2, ${keys} }
  - { ${base.replace('crm', 'odoo')}, ${secret}, provider: odoo, implicit: true }`).systems;
  assert.deepEqual([fapi?.auth, fapi?.par, fapi?.idTokenAlg], ['private_key_jwt', true, 'ES256']);
  assert.equal(odoo?.implicit, true);
});

const addresses: [uri: string, allowed: boolean][] = [
  ['https://crm.example.com/callback', true],
  ['http://localhost:4001/callback', true],
  ['http://127.0.0.1/callback', true],
  ['http://[::1]:99/callback', true],
  ['http://crm.example.com/callback', false],
  ['http://localhost.example.com/callback', false],
  ['http://127.0.0.1.example.com/', false],
  ['https://*.example.com/', false],
  ['https://crm.example.com/#x', false],
  ['https://crm.example.com/#', false],
  ['https://user:pw@crm.example.com/', false],
  ['javascript:alert(1)', false],
  ['data:text/html,x', false],
  ['/callback', false],
  ['', false],
  ['com.example.app:/cb', false],
];
for (const [uri, allowed] of addresses) {
  test(`redirect address ${uri || '(empty)'} is ${allowed ? 'taken' : 'refused'}`, () => {
    const lines = faults(`systems: [{ id: crm, title: D, side: crm, ${secret}, redirectUris: ["${uri}"] }]`);
    assert.equal(lines.length, allowed ? 0 : 1, lines.join('\n'));
  });
}

test('production refuses sample secrets and a missing one, and says which', () => {
  const production = { NODE_ENV: 'production' };
  assert.match(faults('', production).join(), /^secret: is missing; production needs HUB_SECRET/);
  assert.match(
    faults('', { ...production, HUB_SECRET: 'change-me-change-me' }).join(),
    /^HUB_SECRET: is a sample secret/,
  );
  assert.match(faults('', { ...production, HUB_SECRET: 'short' }).join(), /^HUB_SECRET: is too short/);
  const own = { ...production, HUB_SECRET: 'vQ3lB4nTt0Cz2x8kWm1pYrUe' };
  assert.deepEqual(faults('', own), []);
  assert.deepEqual(faults('issuer: http://127.0.0.1:4000', own), []);
  assert.equal(faults('issuer: http://10.0.0.5', own).length, 1);
  const system = (value: string) => `systems: [{ ${base}, clientSecret: ${value} }]`;
  assert.match(faults(system('sample-crm-secret'), own).join(), /^systems\[0\]\.clientSecret: is a sample secret/);
  assert.deepEqual(faults(system('sample-crm-secret')), []);
});

test('what is wrong beside it hides no sample secret, and makes up no fault of its own', () => {
  const own = { NODE_ENV: 'production', HUB_SECRET: 'vQ3lB4nTt0Cz2x8kWm1pYrUe' };
  assert.deepEqual(faults('admin: { email: nobody, password: change-me }', own).sort(), [
    'admin.email: is no e-mail address',
    'admin.password: is a sample secret, known to everybody; make one with: openssl rand -base64 32',
  ]);
  assert.equal(faults('metrics: { token: sample, port: 1 }', own).length, 2);
  assert.equal(faults('checkpoints: { webhook: "ftp://x", every: 1m }').length, 2);
  assert.deepEqual(
    faults(`systems: [{ ${base}, auth: basic, clientSecret: sample-crm-secret }]`, own).map(
      (line) => line.split(':')[0],
    ),
    ['systems[0].auth', 'systems[0].clientSecret'],
  );
  assert.match(faults('lifetimes: { code: soon, sessionIdle: 2d }').join('\n'), /code: .*\n.*sessionIdle: is longer/);
  assert.deepEqual(
    faults('lifetimes: { session: soon, sessionIdle: 2d }').map((line) => line.split(':')[0]),
    ['lifetimes.session'],
    'what it is compared with is not known',
  );
  assert.deepEqual(
    faults('admin: { email: a@b.example, password: "" }').map((line) => line.split(':')[0]),
    ['admin.password'],
  );
  assert.deepEqual(
    faults('limits: { signin: { perAccount: many, perNetwork: more }, headers: 1s }').map((line) => line.split(':')[0]),
    ['limits.signin.perAccount', 'limits.signin.perNetwork'],
  );
});
