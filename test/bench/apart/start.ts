import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFlags } from '#test/support/start-flags.ts';
import { hubEnvironment } from '../child.ts';
import { median } from '../load/measure.ts';

const main = resolve(import.meta.dirname, '../../../src/main.ts');

export interface Start {
  /** Milliseconds until ready: with an empty folder (keys, policy and people are made), and as at every later start. */
  readonly first: number;
  readonly later: number;
  /** Bytes resident two seconds after a later start. */
  readonly idle: number;
}

/** Starts the hub as `npm start` does, over and over, in this folder. */
export async function measureStart(folder: string, people: number, times: number): Promise<Start> {
  const { env, issuer } = await hubEnvironment(folder, people);
  const first = await once(env, issuer, 0);
  const later = [];
  for (let n = 0; n < times; n += 1) later.push(await once(env, issuer, n === 0 ? 2000 : 0));
  return { first: first.ms, later: median(later.map(({ ms }) => ms)), idle: later[0]?.rss ?? Number.NaN };
}

async function once(env: Record<string, string>, issuer: string, idleMs: number): Promise<{ ms: number; rss: number }> {
  const start = performance.now();
  const child = spawn(process.execPath, [...startFlags, main], { env, stdio: 'ignore' });
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  while ((await fetch(`${issuer}/readyz`).catch(() => undefined))?.status !== 200) {
    if (child.exitCode !== null) throw new Error('the hub did not start');
    await sleep(10);
  }
  const ms = performance.now() - start;
  await sleep(idleMs);
  const rss = residentOf(child.pid);
  child.kill('SIGTERM');
  await gone;
  return { ms, rss };
}

/** Where the system tells it (Linux); else not a number. */
function residentOf(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
  } catch {
    return Number.NaN;
  }
}
