/**
 * CPU per commit of one engine, in a process of its own: store.ts sqlite:|mongodb://… KIND IN-FLIGHT COMMITS. Prints one JSON document.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#platform/clock.ts';
import { createSealer } from '#platform/seal.ts';
import { openMongo } from '#storage/mongodb/engine.ts';
import type { Commit, Engine } from '#storage/port.ts';
import { openSqlite } from '#storage/sqlite/engine.ts';
import { kindsOfCommit } from './commits.ts';

export interface Measured {
  readonly perSecond: number;
  /** Milliseconds of this process's CPU per commit, work in the background included. */
  readonly cpu: number;
}

const [url = 'sqlite:', kind = 'sign-in', inFlight = '16', count = '2000'] = process.argv.slice(2);
const make = kindsOfCommit[kind];
if (make === undefined) throw new Error(`there is no kind of commit ${kind}`);
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
const seal = createSealer('bench');

async function run(engine: Engine, from: number, commits: number, makeOne: (n: number) => Commit): Promise<void> {
  const waiting = Array.from({ length: commits }, (_, at) => makeOne(from + at)).values();
  const lane = async (): Promise<void> => {
    for (const commit of waiting) await engine.commit(commit);
  };
  await Promise.all(Array.from({ length: Number(inFlight) }, lane));
}

const sqlite =
  url === 'sqlite:' ? await openSqlite({ file: join(folder, 'hub.db'), clock: systemClock, seal }) : undefined;
const engine = sqlite ?? (await openMongo({ url, clock: systemClock, seal, callMs: 60_000 }));
const commits = Number(count);
const warm = Math.ceil(commits / 4);
await run(engine, 0, warm, make);
const before = process.cpuUsage();
const began = performance.now();
await run(engine, warm, commits, make);
const seconds = (performance.now() - began) / 1000;
await sqlite?.tidy();
const { user, system } = process.cpuUsage(before);
await engine.close();
rmSync(folder, { recursive: true });
const measured: Measured = { perSecond: commits / seconds, cpu: (user + system) / 1000 / commits };
process.stdout.write(JSON.stringify(measured));
