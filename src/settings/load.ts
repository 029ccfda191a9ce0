import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import type { FieldFault } from '#domain/errors.ts';
import { webAddressFault } from '#domain/systems/addresses.ts';
import { withEnvironment } from './environment.ts';
import { SettingsError } from './faults.ts';
import { productionFaults } from './production.ts';
import { type Partially, readFields } from './read.ts';
import type { Settings } from './settings.ts';
import { type Shape, shape } from './shape.ts';
import { readSources } from './source.ts';
import { storeOf } from './store.ts';
import { type ModuleFacts, readSystems } from './system.ts';

/** The project's folder: where the default configuration and policy lie, wherever the hub is started. */
const root = resolve(import.meta.dirname, '../..');

export interface LoadOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Relative paths count from here. */
  readonly cwd?: string;
  /** The provider modules; without them `provider:`, and what depends on it, is not checked. */
  readonly modules?: readonly ModuleFacts[];
}

/**
 * Reads `config/hub.yaml` (or the file that HUB_CONFIG names) and the environment.
 *
 * @throws SettingsError with every fault at once, one line each.
 */
export function loadSettings(options: LoadOptions = {}): Settings {
  const env = options.env ?? process.env;
  const cwd = options.cwd ?? process.cwd();
  const faults: FieldFault[] = [];
  const file = readConfiguration(env.HUB_CONFIG, cwd);
  const { tree, from } = withEnvironment(file, env, cwd, faults);
  const read = readFields(shape, tree, '', faults);
  const settings = complete(read, { cwd, modules: options.modules, production: env.NODE_ENV === 'production' }, faults);
  if (faults.length > 0 || settings === undefined) throw new SettingsError(faults.map((fault) => named(fault, from)));
  return settings;
}

/** A fault in an overridden setting is told under the variable's name, where the remedy lies. */
function named(fault: FieldFault, from: ReadonlyMap<string, string>): FieldFault {
  const variable = from.get(fault.path);
  return variable === undefined ? fault : { path: variable, message: fault.message };
}

function readConfiguration(named: string | undefined, cwd: string): Record<string, unknown> {
  const file = named === undefined || named === '' ? join(root, 'config/hub.yaml') : resolve(cwd, named);
  if (!existsSync(file)) {
    if (named === undefined || named === '') return {};
    throw new SettingsError([{ path: 'HUB_CONFIG', message: `${file} does not exist; name a YAML file` }]);
  }
  if (!statSync(file).isFile()) {
    throw new SettingsError([{ path: 'HUB_CONFIG', message: `${file} is not a file; name a YAML file` }]);
  }
  const document = parseDocument(readFileSync(file, 'utf8'));
  if (document.errors.length > 0) {
    throw new SettingsError(
      document.errors.map((error) => ({
        path: `${file}:${error.linePos?.[0].line ?? 1}`,
        message: (error.message.split('\n')[0] ?? '').replace(/ at line \d+.*$/, ''),
      })),
    );
  }
  const tree: unknown = document.toJS() ?? {};
  if (typeof tree === 'object' && tree !== null && !Array.isArray(tree)) return tree as Record<string, unknown>;
  throw new SettingsError([
    { path: file, message: 'holds no settings; write keys and values, like listen: { port: 4000 }' },
  ]);
}

interface Surroundings {
  readonly cwd: string;
  readonly modules: readonly ModuleFacts[] | undefined;
  readonly production: boolean;
}

/** Puts paths and derived defaults in place, and judges what depends on several settings. */
function complete(
  { values, unreadable }: Partially<Shape>,
  { cwd, modules, production }: Surroundings,
  faults: FieldFault[],
): Settings | undefined {
  const fault = (path: string, message: string) => faults.push({ path, message });
  const readable = (...paths: string[]) => !paths.some((path) => unreadable.has(path));
  const { systems, clientSecrets } = readSystems(values.systems ?? [], { cwd, modules }, faults);
  const { sources, secrets: sourceSecrets } = readSources(values.sources ?? [], cwd, faults);
  const data = resolve(cwd, values.data ?? 'data');
  const store = storeOf(values.store, data, cwd);

  if (values.listen?.port === 0 && values.issuer === undefined && !unreadable.has('issuer')) {
    fault('listen.port', 'is 0, any free port, so the issuer is not known; set issuer as well');
  }
  if ((values.workers ?? 1) > 1 && store.kind === 'sqlite') {
    fault(
      'workers',
      'is more than the embedded store serves: one process writes its file; set 1 (hashing has threads of its own), or point store at mongodb://…',
    );
  }
  const compared = readable('lifetimes.sessionIdle', 'lifetimes.session');
  if (compared && values.lifetimes !== undefined && values.lifetimes.sessionIdle > values.lifetimes.session) {
    fault('lifetimes.sessionIdle', 'is longer than lifetimes.session, the ceiling; make it shorter');
  }
  const { email, password } = values.admin ?? {};
  if (readable('admin.email', 'admin.password') && (email === undefined) !== (password === undefined)) {
    const absent = email === undefined ? 'email' : 'password';
    fault(`admin.${absent}`, 'is missing; the first admin needs both email and password');
  }
  for (const key of ['policy', 'people'] as const) {
    const file = values[key];
    if (file !== undefined && !existsSync(resolve(cwd, file))) {
      fault(key, `${file} does not exist; relative paths count from ${cwd}`);
    }
  }
  if (values.policyMode === 'file' && values.policy === undefined && !unreadable.has('policy')) {
    fault('policy', 'is missing; policyMode file needs the path of the policy document');
  }
  const webhook = values.checkpoints?.webhook;
  const webhookFault = webhook === undefined ? undefined : webAddressFault(webhook);
  if (webhookFault !== undefined) fault('checkpoints.webhook', webhookFault);
  if (production) {
    const secret = unreadable.has('secret') ? undefined : values.secret;
    faults.push(
      ...productionFaults(
        {
          secret,
          adminPassword: password,
          metricsToken: values.metrics?.token,
          clientSecrets: new Map([...clientSecrets, ...sourceSecrets]),
        },
        root,
      ),
    );
  }
  if (faults.length > 0) return undefined;

  // Without faults every key was read and has its default.
  const given = values as Shape;
  return {
    production,
    issuer: given.issuer ?? `http://localhost:${given.listen.port}`,
    listen: given.listen,
    data,
    store,
    secret: given.secret,
    workers: given.workers,
    trustProxy: given.trustProxy,
    mail: given.mail === 'log:' ? { kind: 'log' } : { kind: 'smtp', url: given.mail },
    mailFrom: given.mailFrom ?? senderOf(given),
    policy: given.policy === undefined ? undefined : resolve(cwd, given.policy),
    policyMode: given.policyMode,
    people: given.people === undefined ? undefined : resolve(cwd, given.people),
    systems,
    sources,
    admin: email === undefined || password === undefined ? undefined : { email, password },
    lifetimes: given.lifetimes,
    limits: given.limits,
    password: given.password,
    mfa: given.mfa,
    breakGlass: given.breakGlass,
    requests: given.requests,
    scim: { adopt: given.scim.adopt },
    claims: given.claims,
    timeZone: given.timeZone,
    company: given.company,
    metrics: { token: given.metrics.token },
    checkpoints: { webhook: given.checkpoints.webhook },
  };
}

/** Nobody reads answers to a mail of the hub; it still has to say who it is. */
function senderOf({ issuer, company }: Pick<Shape, 'issuer' | 'company'>): string {
  const host = issuer === undefined ? 'localhost' : new URL(issuer).hostname;
  const name = (company ?? 'Gatehouse').replace(/[<>"\p{Cc}]/gu, '');
  return `${name} <no-reply@${host}>`;
}
