/** The engines side by side, and one node with one worker and with two. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { place } from '#test/support/hub-process.ts';
import { mongoName, sharedMongo } from '#test/support/mongo.ts';
import { hubEnvironment } from '../child.ts';
import { robot } from '../company.ts';
import type { Measured } from './store.ts';

export interface StoreRow extends Measured {
  readonly engine: string;
  readonly kind: string;
  readonly inFlight: number;
}

export interface WorkersRow extends Measured {
  readonly workers: number;
}

export interface Stores {
  readonly mongo: string | undefined;
  readonly rows: readonly StoreRow[];
  readonly workers: readonly WorkersRow[];
}

const program = resolve(import.meta.dirname, 'store.ts');
const kinds = ['one record', 'sign-in', 'token'];
const start = promisify(execFile);

/** @param quick fewer commits of each */
export async function measureStores(folder: string, quick: boolean, progress: (text: string) => void): Promise<Stores> {
  const mongo = mongoName();
  const server = mongo === undefined ? undefined : await sharedMongo();
  const rows: StoreRow[] = [];
  for (const engine of ['SQLite', ...(mongo === undefined ? [] : [mongo])]) {
    const commits = (engine === 'SQLite' ? 2000 : 400) / (quick ? 4 : 1);
    for (const kind of kinds) {
      for (const inFlight of [1, 16, 64]) {
        progress(`${engine}: ${kind}, ${inFlight} in flight`);
        const url = engine === 'SQLite' ? 'sqlite:' : (server?.database() ?? '');
        const { stdout } = await start(process.execPath, [program, url, kind, String(inFlight), String(commits)]);
        rows.push({ engine, kind, inFlight, ...(JSON.parse(stdout) as Measured) });
      }
    }
  }
  const workers: WorkersRow[] = [];
  for (const count of server === undefined ? [] : [1, 2]) {
    progress(`${count} workers`);
    const store = server?.database() ?? '';
    workers.push({ workers: count, ...(await measureWorkers(join(folder, `workers-${count}`), store, count, quick)) });
  }
  await server?.stop();
  return { mongo, rows, workers };
}

/** Tokens for programs, sixteen at once: nothing in them but protocol and one commit. */
async function measureWorkers(folder: string, store: string, count: number, quick: boolean): Promise<Measured> {
  const { env } = await hubEnvironment(folder, 1);
  const at = await place({ HUB_CONFIG: env.HUB_CONFIG ?? '', HUB_STORE: store, HUB_WORKERS: String(count) });
  try {
    const running = await at.start();
    const pid = running.process.pid ?? 0;
    const headers = { authorization: `Basic ${Buffer.from(`${robot.id}:${robot.secret}`).toString('base64')}` };
    const ask = async (): Promise<void> => {
      const body = new URLSearchParams({ grant_type: 'client_credentials', scope: robot.scope });
      const answer = await fetch(`${at.issuer}/token`, { method: 'POST', headers, body });
      if (answer.status !== 200) throw new Error(`the token endpoint answered ${answer.status}`);
      await answer.arrayBuffer();
    };
    const run = async (tokens: number): Promise<void> => {
      let left = tokens;
      const lane = async (): Promise<void> => {
        while (left-- > 0) await ask();
      };
      await Promise.all(Array.from({ length: 16 }, lane));
    };
    const tokens = quick ? 200 : 800;
    await run(tokens / 4);
    const before = await cpuOf(pid);
    const began = performance.now();
    await run(tokens);
    const seconds = (performance.now() - began) / 1000;
    const cpu = ((await cpuOf(pid)) - before) / tokens;
    await running.stop();
    return { perSecond: tokens / seconds, cpu };
  } finally {
    at.remove();
  }
}

/** Milliseconds of CPU of a process and its children so far (Linux: ticks of 10 ms). */
async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const theirs = await Promise.all(
    children
      .split(' ')
      .filter(Boolean)
      .map((child) => cpuOf(Number(child))),
  );
  return theirs.reduce((sum, one) => sum + one, (user + system) * 10);
}

export function storesInWords({ mongo, rows, workers }: Stores): string[] {
  const lines = ['What a commit costs the hub, and how many there are a second:', ''];
  for (const { engine, kind, inFlight, cpu, perSecond } of rows) {
    lines.push(
      `${engine.padEnd(14)} ${kind.padEnd(12)} ${String(inFlight).padStart(2)} in flight: ${cpu.toFixed(3)} CPU-ms, ${perSecond.toFixed(0)}/s`,
    );
  }
  for (const { workers: count, cpu, perSecond } of workers) {
    lines.push(
      `${count} worker${count === 1 ? '' : 's'}: ${perSecond.toFixed(0)} tokens/s, ${cpu.toFixed(2)} CPU-ms each`,
    );
  }
  if (mongo === undefined) lines.push('NOT RUN: MongoDB: no server (see test/support/mongo/find.ts)');
  if (mongo === 'SecantusDB')
    lines.push('SecantusDB is good for right and wrong, not for speed: its rates are no MongoDB’s.');
  return lines;
}
