import { type Connection, createConnection, type mongo } from 'mongoose';
import { withoutSecrets } from '#platform/store-address.ts';
import { StoreUnavailable } from '../port.ts';
import type { Limits } from './limits.ts';

/** Writers at once; a process has as many lanes of the audit. */
export const lanesPerProcess = 16;

/** A store's connection, and what every part of the engine needs of it. */
export interface Wire {
  readonly connection: Connection;
  readonly client: mongo.MongoClient;
  readonly db: mongo.Db;
  readonly limits: Limits;
  /** The address without its secrets, for messages. */
  readonly store: string;
  /** Can the server take writes to several collections in one command? */
  readonly together: boolean;
}

/** Wire version of MongoDB 8.0, which can. */
const togetherSince = 25;

function optionsFor(callMs: number) {
  return {
    appName: 'gatehouse',
    autoIndex: false,
    autoCreate: false,
    bufferCommands: false,
    // One connection for each lane, as many for reading, and some for what goes on behind.
    maxPoolSize: 2 * lanesPerProcess + 8,
    minPoolSize: 2,
    maxConnecting: 8,
    maxIdleTimeMS: 300_000,
    // The driver's own `timeoutMS` does nothing yet (7.x says so itself): each stage has a limit, and calls have a guard.
    serverSelectionTimeoutMS: callMs,
    connectTimeoutMS: callMs,
    socketTimeoutMS: callMs + 500,
    waitQueueTimeoutMS: callMs,
    heartbeatFrequencyMS: 2000,
    minHeartbeatFrequencyMS: 250,
    readPreference: 'primary',
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: callMs },
    retryWrites: true,
    retryReads: true,
    ignoreUndefined: true,
  } as const;
}

/** The server cannot give what the hub needs. The message says what to do. */
export class UnfitServer extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'UnfitServer';
  }
}

/**
 * Connects to the replica set of an address. The database is the address's, else `gatehouse`.
 *
 * @throws UnfitServer for a standalone, StoreUnavailable when nobody answers
 */
export async function connect(url: string, limits: Limits): Promise<Wire> {
  const named = /^mongodb(?:\+srv)?:\/\/[^/]+\/[^?]+/.test(url);
  const connection = createConnection(url, {
    ...optionsFor(limits.callMs),
    ...(named ? {} : { dbName: 'gatehouse' }),
  });
  // Faults come from the calls themselves; without a listener this one would end the process.
  connection.on('error', () => {});
  try {
    await connection.asPromise();
    const hello = await connection.getClient().db('admin').command({ hello: 1 });
    if (hello.setName === undefined && hello.msg !== 'isdbgrid') throw standalone(url);
    const client = connection.getClient();
    const together = Number(hello.maxWireVersion ?? 0) >= togetherSince;
    return { connection, client, db: client.db(connection.name), limits, store: withoutSecrets(url), together };
  } catch (error) {
    await connection.close().catch(() => {});
    if (error instanceof UnfitServer) throw error;
    const store = withoutSecrets(url);
    if (isUninitiated(error)) throw standalone(url, error);
    throw new StoreUnavailable(`${store} does not answer: ${messageOf(error)}`, error);
  }
}

function standalone(url: string, cause?: unknown): UnfitServer {
  const address = withoutSecrets(url).replace(/^mongodb:\/\/([^/,]+).*$/, '$1');
  return new UnfitServer(
    `${withoutSecrets(url)} is not a replica set, and commits of several changes need one. One member is enough: ` +
      `start its mongod with --replSet hub, then run: mongosh --host ${address} --eval 'rs.initiate()'`,
    cause,
  );
}

/** A member that was started for a set which nobody has initiated. */
function isUninitiated(error: unknown): boolean {
  const reason = (error as { reason?: mongo.TopologyDescription | null } | null)?.reason;
  return [...(reason?.servers?.values() ?? [])].some(({ type }) => type === 'RSGhost');
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\/\/\S*@/g, '//');
}
