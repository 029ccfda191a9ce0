import { allCollections } from '../collections.ts';
import { auditCollection } from './audit-documents.ts';
import { lanesCollection } from './lane.ts';

/** Name of the role of the hub's database user. */
export const roleName = 'gatehouse';

interface Privilege {
  readonly resource: { readonly db: string; readonly collection: string };
  readonly actions: readonly string[];
}

const layout = ['createCollection', 'createIndex', 'listIndexes'];
const records = ['find', 'insert', 'update', 'remove', 'dropIndex', ...layout];

/**
 * The `createRole` command for the hub's database user: what the hub does, and not more. Of the audit it may read and
 * insert, so that nobody who has taken the hub over can change or delete what it recorded.
 */
export function hubRole(db: string): { createRole: string; privileges: Privilege[]; roles: [] } {
  const names = [...allCollections.map(({ name }) => name), lanesCollection, 'processes', 'facts'];
  const on = (collection: string, actions: readonly string[]) => ({ resource: { db, collection }, actions });
  return {
    createRole: roleName,
    privileges: [
      ...names.map((name) => on(name, records)),
      on(auditCollection, ['find', 'insert', ...layout]),
      on('', ['listCollections']),
    ],
    roles: [],
  };
}
