import type { Connection } from './connection.ts';
import type { Row } from './row.ts';

/** One change of a live record as the journal holds it: collection, id, version, expiry, characters of data (null = removed). */
type Line = [collection: string, id: string, version: number, expiresAt: number | null, length: number | null];

/**
 * The text of a journal row: a line that lists the changes, then the records' data one after the other. The data stands as
 * it was written, so that neither writing nor reading has to wrap it a second time.
 */
export function writeJournal(changes: Iterable<readonly [collection: string, id: string, row: Row | null]>): string {
  const lines: Line[] = [];
  let bodies = '';
  for (const [collection, id, row] of changes) {
    if (row === null) lines.push([collection, id, 0, null, null]);
    else {
      const { version, expiresAt, json } = row;
      lines.push([collection, id, version, expiresAt ?? null, json.length]);
      bodies += json;
    }
  }
  return lines.length === 0 ? '' : `${JSON.stringify(lines)}\n${bodies}`;
}

/** Reads a journal row back. @throws SyntaxError for a row that was not written by `writeJournal`. */
export function* readJournal(text: string): Iterable<readonly [collection: string, id: string, row: Row | null]> {
  const end = text.indexOf('\n');
  let at = end + 1;
  for (const [collection, id, version, expiresAt, length] of JSON.parse(text.slice(0, end)) as Line[]) {
    if (length === null) yield [collection, id, null];
    else {
      const json = text.slice(at, at + length);
      at += length;
      yield [collection, id, { id, version, expiresAt: expiresAt ?? undefined, json, record: undefined }];
    }
  }
}

export const journalTable = 'CREATE TABLE IF NOT EXISTS journal (n INTEGER PRIMARY KEY, body TEXT NOT NULL)';

export function appendJournal(connection: Connection, n: number, text: string): void {
  connection.run('INSERT INTO journal (n, body) VALUES (?, ?)', n, text);
}
