import { connect, type Socket } from 'node:net';
import type { AuditEvent } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Collection, Stored } from '../collection.ts';
import { type AuditPage, type Commit, CommitConflict, type Heads, type Page, StoreUnavailable } from '../port.ts';
import type { Copyable } from '../serving.ts';
import { type Answer, type Call, onLines, send, type WireChange, type WireFault } from './wire.ts';

interface Waiting {
  resolve(value: unknown): void;
  reject(fault: Error): void;
  readonly commit?: Commit;
}

/** The calls that are under way on one connection. */
class Line {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #idle: (() => void) | undefined;
  counters: Record<string, number> = {};

  constructor(socket: Socket) {
    this.#socket = socket;
    onLines(socket, (message) => this.#answered(message as Answer));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new StoreUnavailable('the hub has stopped'));
      this.#waiting.clear();
      this.#rest();
    });
  }

  call<R>(call: Call, commit?: Commit): Promise<R> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(new StoreUnavailable('the hub has stopped'));
        return;
      }
      const n = ++this.#last;
      this.#waiting.set(n, { resolve, reject, ...(commit === undefined ? {} : { commit }) });
      send(this.#socket, { n, ...call });
    }) as Promise<R>;
  }

  /** Waits for the answers that are under way. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
      this.#rest();
    });
    this.#socket.destroy();
  }

  #rest(): void {
    if (this.#waiting.size === 0) this.#idle?.();
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.n);
    this.#waiting.delete(answer.n);
    this.counters = answer.counters;
    if ('fault' in answer) waiting?.reject(thrown(answer.fault, waiting.commit));
    else waiting?.resolve(answer.value);
    this.#rest();
  }
}

function thrown(fault: WireFault, commit: Commit | undefined): Error {
  if (fault.kind === 'unavailable') return new StoreUnavailable(fault.message);
  if (fault.kind === 'refused') return new HubError(fault.code, fault.message, { faults: fault.faults });
  if (fault.kind === 'other') return new Error(fault.message);
  const change = commit?.changes[fault.at];
  if (change === undefined) return new Error(`the commit was refused: ${fault.reason}`);
  return new CommitConflict(change, fault.reason, fault.index);
}

/**
 * The engine of the hub that is running on this data folder.
 *
 * @returns undefined when no hub listens there.
 */
export async function connectEngine(address: string): Promise<Copyable | undefined> {
  const socket = await new Promise<Socket | undefined>((resolve) => {
    const attempt = connect(address);
    attempt.once('connect', () => resolve(attempt));
    attempt.once('error', () => resolve(undefined));
  });
  if (socket === undefined) return undefined;
  const line = new Line(socket);
  const { name } = await line.call<{ name: Copyable['name'] }>({ op: 'hello' });
  return {
    name,
    audit: {
      query: (query) => line.call<AuditPage>({ op: 'audit.query', query }),
      heads: () => line.call<Heads>({ op: 'audit.heads' }),
      export: (query) => exported(line, query),
    },
    get: async <T extends object>(collection: Collection<T>, id: string) =>
      (await line.call<Stored<T> | null>({ op: 'get', collection: collection.name, id })) ?? undefined,
    find: <T extends object>(collection: Collection<T>, query: Parameters<Copyable['find']>[1]) =>
      line.call<Page<T>>({ op: 'find', collection: collection.name, query }),
    count: (collection, where) =>
      line.call<number>({ op: 'count', collection: collection.name, ...(where === undefined ? {} : { where }) }),
    commit: async (commit) => {
      const changes = commit.changes.map((change) => ({ ...change, collection: change.collection.name }) as WireChange);
      await line.call({ op: 'commit', changes, events: commit.events ?? [] }, commit);
    },
    changes: (collection) => line.counters[collection.name] ?? 0,
    ping: async () => {
      await line.call({ op: 'ping' });
    },
    backup: async (file) => {
      await line.call({ op: 'backup', file });
    },
    close: () => line.close(),
  };
}

async function* exported(line: Line, query: Parameters<Copyable['audit']['export']>[0]): AsyncGenerator<AuditEvent> {
  const handle = await line.call<number>({ op: 'audit.export', query });
  try {
    for (;;) {
      const events = await line.call<AuditEvent[]>({ op: 'audit.more', handle });
      if (events.length === 0) return;
      yield* events;
    }
  } finally {
    await line.call({ op: 'audit.enough', handle }).catch(() => {});
  }
}
