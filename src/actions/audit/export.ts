import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import type { Services } from '#actions/services.ts';
import { type AuditEvent, draft, type JsonObject, type Origin } from '#domain/audit/event.ts';
import type { AuditQuery, Heads } from '#storage/port.ts';
import { csvColumns, csvRow } from './csv.ts';
import { namesOf } from './names.ts';

export const exportFormats = ['ndjson', 'csv'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Which events: no order, no paging, an export is always whole and in order of writer and seq. */
export type ExportFilter = Omit<AuditQuery, 'order' | 'limit' | 'cursor'>;

export interface AuditExport {
  readonly events: number;
  readonly content: Readable;
}

/**
 * Every event that matches, each writer's in order of seq, personal values opened; NDJSON holds the events as the contract
 * shows them (and `audit verify` takes them), CSV is for spreadsheets with formulas neutralised.
 *
 * What is exported is bounded by the heads at the start and counted first: `audit.exported` with filter and number is on record
 * before the first byte leaves.
 */
export async function exportAudit(
  services: Services,
  origin: Origin,
  format: ExportFormat,
  filter: ExportFilter = {},
): Promise<AuditExport> {
  const heads = await services.store.audit.heads();
  const events = await numberOf(services, heads, filter);
  const detail: JsonObject = { format, filter: { ...(filter as JsonObject) }, events };
  const personal = await namesOf(services, origin);
  await services.store.write({
    changes: [],
    events: [draft(origin, 'audit.exported', 'success', { detail, personal })],
  });
  const matching = upTo(heads, services.store.audit.export(filter));
  return { events, content: format === 'csv' ? csv(matching) : Readable.from(lines(matching)) };
}

/** Without a filter the heads tell; they count each writer's events from 1. */
async function numberOf(services: Services, heads: Heads, filter: ExportFilter): Promise<number> {
  if (Object.values(filter).every((value) => value === undefined))
    return Object.values(heads).reduce((sum, { seq }) => sum + seq, 0);
  let number = 0;
  for await (const _ of upTo(heads, services.store.audit.export(filter))) number += 1;
  return number;
}

async function* upTo(heads: Heads, events: AsyncIterable<AuditEvent>): AsyncGenerator<AuditEvent> {
  for await (const event of events) {
    if (event.seq <= (heads[event.writer]?.seq ?? 0)) yield event;
  }
}

/** Lines are joined to pieces of some size: one write per event costs more than the event. */
async function* lines(events: AsyncIterable<AuditEvent>): AsyncGenerator<string> {
  let piece = '';
  for await (const event of events) {
    piece += `${JSON.stringify(event)}\n`;
    if (piece.length < 64 * 1024) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

function csv(events: AsyncIterable<AuditEvent>): Readable {
  const rows = Readable.from(
    (async function* () {
      for await (const event of events) yield csvRow(event);
    })(),
  );
  const writer = stringify({ header: true, columns: [...csvColumns], escape_formulas: true, record_delimiter: '\r\n' });
  rows.once('error', (fault) => writer.destroy(fault));
  return rows.pipe(writer);
}
