import type { AuditDraft } from '#domain/audit/event.ts';
import { newWriter } from '../audit/chain.ts';
import { meta } from '../collections.ts';
import type { Heads } from '../port.ts';
import type { Data } from '../record.ts';
import { StoreOlder } from '../refusals.ts';
import type { AuditTable } from './audit-table.ts';
import type { Connection } from './connection.ts';
import { decode } from './row.ts';
import type { Tables } from './tables.ts';
import type { Writer } from './writer.ts';

/** @throws StoreOlder when a record that the heads name is missing or another */
export function checkHeads(file: string, audit: AuditTable, heads: Heads): void {
  for (const [writer, { seq, hash }] of Object.entries(heads)) {
    if (audit.hashOf(writer, seq) !== hash) throw new StoreOlder(file, writer, seq);
  }
}

interface Parts {
  readonly connection: Connection;
  readonly tables: Tables;
  readonly audit: AuditTable;
  readonly writer: Writer;
}

/** Drops everything live and closes the lane in one transaction; then counts the epoch with the act's own record. */
export async function beginEpoch({ connection, tables, audit, writer }: Parts, event: AuditDraft): Promise<number> {
  const lane = newWriter();
  connection.transaction(() => {
    connection.run('DELETE FROM journal');
    audit.beginLane(lane);
  });
  tables.journal.cleared();
  audit.laneBegun(lane);
  const before = tables.of(meta.name).read('epoch');
  const known = before === undefined ? 1 : Number((decode<Data>(before) as Data).number);
  const number = known + 1;
  await writer.commit({
    changes: [{ kind: 'put', collection: meta, id: 'epoch', data: { number } }],
    events: [event],
  });
  return number;
}
