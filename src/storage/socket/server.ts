import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import type { AuditEvent } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Collection } from '../collection.ts';
import { allCollections } from '../collections.ts';
import { type Change, CommitConflict, type Engine, StoreUnavailable } from '../port.ts';
import type { Copyable } from '../serving.ts';
import { type Asked, type Call, onLines, send, type WireFault } from './wire.ts';

/** Events of an export per answer. */
const batch = 500;

const collections: ReadonlyMap<string, Collection> = new Map(
  allCollections.map((collection) => [collection.name, collection as Collection]),
);

function named(name: string): Collection {
  const found = collections.get(name);
  if (found === undefined) throw new Error(`there is no collection ${name}; is the command line of another version?`);
  return found;
}

/**
 * Serves the engine to the command line. The caller holds the store's lock, so an old socket file is nobody's.
 *
 * @param address of the Unix socket, as `socketAddress` gives it.
 */
export async function serveEngine(engine: Copyable, address: string): Promise<{ close(): Promise<void> }> {
  rmSync(address, { force: true });
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(engine, socket);
  });
  // The socket is made with nobody else allowed, not opened first and closed to others afterwards.
  const mask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(address, () => resolve());
    });
  } finally {
    process.umask(mask);
  }
  chmodSync(address, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function serve(engine: Copyable, socket: Socket): void {
  const exports = new Map<number, AsyncIterator<AuditEvent>>();
  socket.on('close', () => {
    for (const events of exports.values()) void events.return?.();
  });
  onLines(socket, (message) => {
    const { n, ...call } = message as Asked;
    handle(engine, exports, call as Call).then(
      (value) => send(socket, { n, counters: counters(engine), value: value ?? null }),
      (error: unknown) => send(socket, { n, counters: counters(engine), fault: fault(error, call as Call) }),
    );
  });
}

function counters(engine: Engine): Record<string, number> {
  return Object.fromEntries(
    allCollections.map((collection) => [collection.name, engine.changes(collection as Collection)]),
  );
}

async function handle(engine: Copyable, exports: Map<number, AsyncIterator<AuditEvent>>, call: Call): Promise<unknown> {
  switch (call.op) {
    case 'hello':
      return { name: engine.name };
    case 'get':
      return engine.get(named(call.collection), call.id);
    case 'find':
      return engine.find(named(call.collection), call.query);
    case 'count':
      return engine.count(named(call.collection), call.where);
    case 'commit': {
      const changes = call.changes.map((change) => ({ ...change, collection: named(change.collection) }) as Change);
      return engine.commit({ changes, events: call.events });
    }
    case 'ping':
      return engine.ping();
    case 'audit.query':
      return engine.audit.query(call.query);
    case 'audit.heads':
      return engine.audit.heads();
    case 'audit.export': {
      const number = exports.size + 1;
      exports.set(number, engine.audit.export(call.query)[Symbol.asyncIterator]());
      return number;
    }
    case 'audit.more':
      return more(exports.get(call.handle));
    case 'audit.enough':
      await exports.get(call.handle)?.return?.();
      return null;
    case 'backup':
      return engine.backup(call.file);
  }
}

async function more(events: AsyncIterator<AuditEvent> | undefined): Promise<AuditEvent[]> {
  const items: AuditEvent[] = [];
  while (events !== undefined && items.length < batch) {
    const step = await events.next();
    if (step.done === true) break;
    items.push(step.value);
  }
  return items;
}

function fault(error: unknown, call: Call): WireFault {
  if (error instanceof CommitConflict && call.op === 'commit') {
    const at = call.changes.findIndex(
      ({ kind, id, collection }) =>
        kind === error.change.kind && id === error.change.id && collection === error.change.collection.name,
    );
    return { kind: 'conflict', at, reason: error.reason, ...(error.index === undefined ? {} : { index: error.index }) };
  }
  if (error instanceof HubError) {
    return { kind: 'refused', code: error.code, message: error.message, faults: error.faults };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: error instanceof StoreUnavailable ? 'unavailable' : 'other', message };
}
