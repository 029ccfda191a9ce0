import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '#test/support/hub-process.ts';
import { startFlags } from '#test/support/start-flags.ts';
import { peopleCsv, robot, systems } from './company.ts';
import type { Order, Told, Used } from './targets/control.ts';

const targets = resolve(import.meta.dirname, 'targets');

/** One of the two that are compared, in a process of its own. */
export interface Target {
  readonly name: 'hub' | 'bare';
  readonly issuer: string;
  used(): Promise<Used>;
  stop(): Promise<void>;
}

/** Surroundings of a hub below this folder: its systems, its people with passwords nobody hashes, a port that is free. */
export async function hubEnvironment(
  folder: string,
  people: number,
): Promise<{ env: Record<string, string>; issuer: string }> {
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'hub.yaml');
  const csv = join(folder, 'people.csv');
  writeFileSync(csv, peopleCsv(people, true));
  const sides = Object.values(systems).map(({ id, secret, redirectUri }) => ({
    id,
    title: id.toUpperCase(),
    side: id,
    redirectUris: [redirectUri],
    clientSecret: secret,
    idTokenAlg: 'ES256',
  }));
  const program = {
    id: robot.id,
    title: 'Robot',
    side: 'other',
    clientSecret: robot.secret,
    machine: { scopes: [robot.scope] },
  };
  writeFileSync(config, stringify({ people: csv, systems: [...sides, program] }));
  const env = {
    PATH: process.env.PATH ?? '',
    HUB_CONFIG: config,
    HUB_DATA: join(folder, 'data'),
    HUB_PORT: String(port),
  };
  return { env, issuer: `http://localhost:${port}` };
}

/** @param flags of Node, as `--cpu-prof`. @param more further variables, as HUB_STORE */
export async function startHub(
  folder: string,
  people: number,
  flags: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
): Promise<Target> {
  const { env } = await hubEnvironment(folder, people);
  return start('hub', { ...env, ...more }, join(folder, 'hub.log'), [...startFlags, ...flags]);
}

export async function startBare(folder: string, flags: readonly string[] = []): Promise<Target> {
  const env = { PATH: process.env.PATH ?? '', HUB_PORT: String(await freePort()) };
  return start('bare', env, join(folder, 'bare.log'), flags);
}

async function start(
  name: Target['name'],
  env: Record<string, string>,
  log: string,
  flags: readonly string[],
): Promise<Target> {
  const output = openSync(log, 'a');
  const child = fork(join(targets, `${name}.ts`), {
    env,
    execArgv: [...flags],
    stdio: ['ignore', output, output, 'ipc'],
  });
  const told = await answer(child);
  if (!('ready' in told)) throw new Error(`${name} did not start; see ${log}`);
  return {
    name,
    issuer: told.ready,
    async used() {
      child.send('usage' satisfies Order);
      const used = await answer(child);
      if (!('used' in used)) throw new Error(`${name} answered something else`);
      return used.used;
    },
    async stop() {
      const gone = new Promise((done) => child.once('exit', done));
      child.send('stop' satisfies Order);
      await gone;
    },
  };
}

function answer(child: ChildProcess): Promise<Told> {
  return new Promise((done, failed) => {
    const gone = (code: number | null) => failed(new Error(`a measured process ended with code ${code}`));
    child.once('exit', gone);
    child.once('message', (told: Told) => {
      child.off('exit', gone);
      done(told);
    });
  });
}
