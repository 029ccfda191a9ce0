import type { AuditDraft } from '#domain/audit/event.ts';
import { allCollections, meta } from '../collections.ts';
import type { Engine, Heads } from '../port.ts';
import { StoreOlder } from '../refusals.ts';
import { type AuditDocument, auditCollection, recordId } from './audit-documents.ts';

import type { Wire } from './connection.ts';
import { type LaneDocument, lanesCollection } from './lane.ts';
import type { Lanes } from './lanes.ts';

/** @throws StoreOlder when a record that the heads name is missing or another */
export async function checkHeads({ db, limits, store }: Wire, heads: Heads): Promise<void> {
  const audit = db.collection<AuditDocument>(auditCollection);
  const wanted = Object.entries(heads);
  const ids = wanted.map(([writer, { seq }]) => recordId(writer, seq));
  const found = await audit.find({ _id: { $in: ids } }, { projection: { hash: 1 }, ...limits.read }).toArray();
  const hashes = new Map(found.map(({ _id, hash }) => [_id, hash]));
  for (const [writer, { seq, hash }] of wanted) {
    if (hashes.get(recordId(writer, seq)) !== hash) throw new StoreOlder(store, writer, seq);
  }
}

/** Drops everything live and closes every lane, so that no writer ever has two records of one number; then counts the epoch. */
export async function beginEpoch(
  engine: Pick<Engine, 'get' | 'commit'>,
  { db }: Wire,
  lanes: Lanes,
  event: AuditDraft,
): Promise<number> {
  await lanes.letGo();
  await db.collection<LaneDocument>(lanesCollection).updateMany({}, { $set: { closed: true } });
  for (const { name, life } of allCollections) if (life === 'live') await db.collection(name).deleteMany({});
  const before = await engine.get(meta, 'epoch');
  const number = Number(before?.number ?? 1) + 1;
  await engine.commit({ changes: [{ kind: 'put', collection: meta, id: 'epoch', data: { number } }], events: [event] });
  return number;
}
