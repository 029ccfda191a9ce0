/** A real hub in a process of its own, and the real command line beside it, over a data folder that is thrown away. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startFlags } from './start-flags.ts';

const root = resolve(import.meta.dirname, '../..');

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Place {
  /** Throw-away folder; the hub's data lies in `data` below it. */
  readonly folder: string;
  readonly issuer: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs `npm run hub -- <words>`, without npm. */
  hub(...words: string[]): Promise<Ran>;
  /** Starts the command line and hands over the process, for commands that do not end by themselves. */
  begin(...words: string[]): ChildProcess;
  /** Starts the server and waits until it serves. */
  start(): Promise<Running>;
  remove(): void;
}

export interface Running {
  readonly process: ChildProcess;
  /** What it printed on standard output so far. */
  printed(): string;
  /** What it logged so far. */
  logged(): string;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** @param env further variables, as HUB_CONFIG. */
export async function place(env: Record<string, string> = {}): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-hub-'));
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const all = { PATH: process.env.PATH ?? '', HUB_DATA: join(folder, 'data'), HUB_PORT: String(port), ...env };
  const children = new Set<ChildProcess>();
  const node = (words: string[]) => {
    const child = spawn(process.execPath, words, { cwd: root, env: all, stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  };
  return {
    folder,
    issuer,
    env: all,
    begin: (...words) => node(['src/cli.ts', ...words]),
    hub: (...words) => finished(node(['src/cli.ts', ...words])),
    start: () => started(node([...startFlags, 'src/main.ts']), issuer),
    remove: () => {
      for (const child of children) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function finished(child: ChildProcess): Promise<Ran> {
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return new Promise((done) => child.once('close', (code) => done({ code: code ?? -1, out, err })));
}

async function started(child: ChildProcess, issuer: string): Promise<Running> {
  let printed = '';
  let faults = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    faults += text;
  });
  const gone = new Promise<number | null>((done) => child.once('exit', done));
  let ended = false;
  void gone.then(() => {
    ended = true;
  });
  for (;;) {
    if (ended) throw new Error(`the hub did not start: ${faults}`);
    const answer = await fetch(`${issuer}/readyz`).catch(() => undefined);
    if (answer?.status === 200) break;
    await new Promise((again) => setTimeout(again, 50));
  }
  return {
    process: child,
    printed: () => printed,
    logged: () => faults,
    stop: () => {
      child.kill('SIGTERM');
      return gone;
    },
  };
}

/** A port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? done(address.port) : failed(new Error('no port')),
      );
    });
  });
}
