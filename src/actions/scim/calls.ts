import { uuidv7 } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { type ScimCall, scimCalls } from '#storage/collections.ts';
import type { Store } from '#storage/store.ts';
import { everyRecord } from '../access/reading.ts';
import type { Services } from '../services.ts';

const keptMs = 7 * 86_400_000;
const minute = 60_000;

/** What the page of a client tells of one call; never a value that was sent. */
export type CallDraft = Omit<ScimCall, 'at' | 'count'>;

interface Gathered {
  id: string;
  count: number;
  until: number;
}
const gathering = new WeakMap<Store, Map<string, Gathered>>();
const mostGathered = 1000;

/**
 * Keeps a call for the client's page. Reads that went well are gathered by the minute: a product that reads ten thousand users one by
 * one is one line. It is a help for administrators, no audit: a fault of the store is logged and the answer goes out.
 */
export async function keepCall(services: Services, call: CallDraft): Promise<void> {
  const { store, clock, log } = services;
  const at = clock.now();
  const entry = call.method === 'GET' && call.status < 400 ? gathered(store, call, at) : { id: uuidv7(at), count: 1 };
  // Written at the first, then at every doubling: enough to tell a few from thousands.
  if ((entry.count & (entry.count - 1)) !== 0) return;
  const data: ScimCall = { ...call, at, count: entry.count };
  await store
    .writeNow({ changes: [{ kind: 'put', collection: scimCalls, id: entry.id, data, expiresAt: at + keptMs }] })
    .catch((fault: unknown) => log.warn({ err: fault }, 'a call of a SCIM client was not kept for its page'));
}

function gathered(store: Store, { client, path, status }: CallDraft, at: number): Gathered {
  const all = gathering.get(store) ?? new Map<string, Gathered>();
  gathering.set(store, all);
  const key = `${client} ${path} ${status}`;
  const present = all.get(key);
  if (present !== undefined && present.until > at) {
    present.count += 1;
    return present;
  }
  if (all.size >= mostGathered) all.clear();
  const begun = { id: uuidv7(at), count: 1, until: at + minute };
  all.set(key, begun);
  return begun;
}

/** The last calls, newest first. @param refusedOnly those that were refused alone */
export async function lastCalls(
  { store, clock }: Services,
  client: string,
  most: number,
  refusedOnly = false,
): Promise<Stored<ScimCall>[]> {
  const found: Stored<ScimCall>[] = [];
  for await (const call of everyRecord(store, scimCalls, { where: { client } }))
    if ((call.expiresAt ?? 0) > clock.now() && (!refusedOnly || call.status >= 400)) found.push(call);
  return found.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, most);
}
