import type { Collection } from '../collection.ts';
import { type Data, indexesOf, type NamedIndex } from '../record.ts';
import { StoreTooNew } from '../refusals.ts';
import { auditTables } from './audit-table.ts';
import type { Connection } from './connection.ts';
import { factsTable, readFact, writeFact } from './facts.ts';
import { journalTable } from './journal.ts';
import { indexTable } from './kept-plan.ts';
import { KeptTable } from './kept-table.ts';
import { entriesOf } from './row.ts';

/** Raised when the tables themselves change their meaning. */
export const layoutVersion = 1;

/**
 * Checks the schema numbers, then makes the tables and indexes that are missing. Read-only it only checks.
 *
 * @throws StoreTooNew
 */
export function prepareLayout(connection: Connection, collections: readonly Collection[]): void {
  const found = Number(connection.get('PRAGMA user_version')?.user_version);
  if (found > layoutVersion) throw new StoreTooNew(connection.file, 'the layout', found, layoutVersion);
  if (found > 0) {
    for (const { name, schemaVersion } of collections) {
      const stored = Number(readFact(connection, `schema:${name}`) ?? 0);
      if (stored > schemaVersion) throw new StoreTooNew(connection.file, name, stored, schemaVersion);
    }
  }
  if (connection.readOnly) return;
  connection.transaction(() => {
    connection.exec(factsTable);
    connection.exec(journalTable);
    for (const table of auditTables) connection.exec(table);
    for (const collection of collections) {
      writeFact(connection, `schema:${collection.name}`, String(collection.schemaVersion));
      if (collection.life === 'kept') prepareKept(connection, collection);
    }
    connection.exec(`PRAGMA user_version = ${layoutVersion}`);
  });
}

function prepareKept(connection: Connection, collection: Collection): void {
  connection.exec(
    `CREATE TABLE IF NOT EXISTS "${collection.name}"
      (id TEXT PRIMARY KEY, version INTEGER NOT NULL, expires INTEGER, body TEXT NOT NULL) WITHOUT ROWID`,
  );
  for (const index of indexesOf(collection)) prepareIndex(connection, collection, index);
}

/** An index that is new or declared otherwise than before is built from the records. */
function prepareIndex(connection: Connection, collection: Collection, index: NamedIndex): void {
  const fact = `index:${collection.name}:${index.name}`;
  const declared = JSON.stringify([index.fields, index.unique]);
  if (readFact(connection, fact) === declared) return;
  const table = indexTable(collection.name, index);
  const columns = index.fields.map((_, at) => `k${at}`);
  connection.exec(`DROP TABLE IF EXISTS ${table}`);
  connection.exec(
    `CREATE TABLE ${table} (${columns.join(', ')}, id TEXT, PRIMARY KEY (${columns.join(', ')}, id)) WITHOUT ROWID`,
  );
  for (const found of connection.iterate(`SELECT id, body FROM "${collection.name}"`)) {
    const [entries] = entriesOf([index], JSON.parse(String(found.body)) as Data);
    KeptTable.insertEntries(connection, collection.name, index, String(found.id), entries);
  }
  writeFact(connection, fact, declared);
}
