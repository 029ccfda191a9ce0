import type { Connection } from './connection.ts';

/** Small facts about the file itself: schema numbers, the writer, how far the audit is indexed. */
export const factsTable = 'CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID';

export function readFact(connection: Connection, name: string): string | undefined {
  const row = connection.get('SELECT value FROM facts WHERE name = ?', name);
  return row === undefined ? undefined : String(row.value);
}

export function writeFact(connection: Connection, name: string, value: string): void {
  connection.run(
    'INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    name,
    value,
  );
}
