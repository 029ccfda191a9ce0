import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';

/** A server program that runs beside a test; it dies with this process, whatever becomes of the test. */
export class Program {
  readonly #command: string;
  readonly #args: readonly string[];
  readonly #listening: RegExp;
  #child: ChildProcess | undefined;
  readonly #folder: string;
  readonly #onExit = () => {
    this.#child?.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  };

  /**
   * @param listening what it prints once it takes connections
   * @param folder holds its files, and is taken away at the end
   */
  constructor(command: string, args: readonly string[], listening: RegExp, folder: string) {
    this.#folder = folder;
    this.#command = command;
    this.#args = args;
    this.#listening = listening;
    process.on('exit', this.#onExit);
  }

  /** @param more further arguments, this time @throws Error with what it printed, when it ends before it listens */
  async start(more: readonly string[] = []): Promise<void> {
    const child = spawn(this.#command, [...this.#args, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let said = '';
    const hear = (chunk: Buffer) => {
      // Heard until it listens; afterwards only drained, so that the pipe never fills.
      if (said.length > 100_000) return;
      said += chunk.toString();
      if (this.#listening.test(said)) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`${this.#command} ended (${code}) before it listened:\n${said}`)));
    await promise;
    // A server that a test forgets must not hold the runner.
    child.unref();
    for (const pipe of [child.stdout, child.stderr]) (pipe as unknown as { unref(): void }).unref();
  }

  /** Sends a signal and does not wait for what comes of it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  async end(): Promise<void> {
    process.off('exit', this.#onExit);
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Ports that were free a moment ago; for servers that must be told theirs before they start, and keep it over a restart. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
