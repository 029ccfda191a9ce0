import { Deadline } from '#platform/deadline.ts';
import { type AuditReader, type Engine, StoreUnavailable } from '../port.ts';

/** Milliseconds that a call may take: more than the engines give a commit themselves, less than a caller should wait (2 s). */
const callMs = 1700;
/** A commit of more changes and events than this is no request that somebody waits for, but a load of people, say. */
const largestOfRequest = 50;
const largeCommitMs = 60_000;
/** A call that takes longer than this raises the question whether the store answers at all. */
const doubtMs = 500;
/** How long it may take to say that it does. */
const pingMs = 500;
/** How often a store that is silent is asked whether it is back. */
const askEveryMs = 250;

/** An engine that answers within its time, or says that it does not. */
export interface Watched extends Engine {
  /** It answers nothing, and calls are refused at once until it does. */
  readonly silent: boolean;
}

/**
 * The same engine with a deadline on every call. When one takes long, the engine is asked whether it answers at all; if it does
 * not, this and all further calls are refused at once, so that requests neither wait nor pile up, until it answers again.
 * A fault that comes quickly (a full disk) is no silence: what can still be read is read then.
 *
 * A commit that is given up may still come to pass, if the engine was only slow: it holds then, with its audit events, though
 * nobody was told. Nothing is ever acknowledged that did not come to pass.
 *
 * @param options.callMs where calls may take longer, as over the local socket
 */
export function watched(engine: Engine, options: { readonly callMs?: number } = {}): Watched {
  const fault = () => new StoreUnavailable('the store does not answer');
  const short = new Deadline({ ms: pingMs, fault: () => new Late() });
  const slow = { ms: doubtMs, tell: () => void ask() };
  const patience = new Deadline({ ms: options.callMs ?? callMs, fault, slow });
  const longer = new Deadline({ ms: largeCommitMs, fault, slow });
  let silent = false;
  let asking = false;
  let closed = false;

  async function ask(): Promise<void> {
    if (asking) return;
    asking = true;
    while (!closed) {
      const answer = await short.of(engine.ping()).catch((error: unknown) => error);
      if (answer instanceof Late) {
        silent = true;
        patience.giveUp();
        longer.giveUp();
      } else if (!silent || answer === undefined) break;
      await new Promise((resolve) => setTimeout(resolve, askEveryMs).unref());
    }
    silent = false;
    asking = false;
  }

  const within = <T>(work: () => Promise<T>, deadline = patience): Promise<T> =>
    silent ? Promise.reject(fault()) : deadline.of(work());

  const { readsAtOnce = false } = engine;
  return {
    name: engine.name,
    readsAtOnce,
    ...(engine.exclusive ? { exclusive: true as const } : {}),
    get silent() {
      return silent;
    },
    // Where reads are answered within the call there is nothing to wait for, and so nothing to pay.
    audit: readsAtOnce ? engine.audit : auditWithin(engine.audit, within),
    get: readsAtOnce
      ? (collection, id) => engine.get(collection, id)
      : (collection, id) => within(() => engine.get(collection, id)),
    find: readsAtOnce
      ? (collection, query) => engine.find(collection, query)
      : (collection, query) => within(() => engine.find(collection, query)),
    count: (collection, where) => within(() => engine.count(collection, where)),
    commit: (commit) => {
      const isLarge = commit.changes.length + (commit.events?.length ?? 0) > largestOfRequest;
      return within(() => engine.commit(commit), isLarge ? longer : patience);
    },
    changes: (collection) => engine.changes(collection),
    async ping() {
      if (silent) throw fault();
      try {
        await short.of(engine.ping());
      } catch (error) {
        if (error instanceof Late) void ask();
        throw error;
      }
    },
    close: () => {
      closed = true;
      return engine.close();
    },
  };
}

class Late extends StoreUnavailable {
  constructor() {
    super('the store does not answer');
  }
}

type Within = <T>(work: () => Promise<T>) => Promise<T>;

function auditWithin(audit: AuditReader, within: Within): AuditReader {
  return {
    query: (query) => within(() => audit.query(query)),
    heads: () => within(() => audit.heads()),
    async *export(query) {
      const events = audit.export(query)[Symbol.asyncIterator]();
      try {
        for (;;) {
          const step = await within(() => events.next());
          if (step.done === true) return;
          yield step.value;
        }
      } finally {
        // Not awaited: after a silence it would wait as well.
        events.return?.()?.catch(() => {});
      }
    },
  };
}
