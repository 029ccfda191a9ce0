import { databaseIn } from './mongo/database.ts';

/**
 * The store of a hub under test, as a variable for its settings: a database of its own on the server of `GATEHOUSE_TEST_STORE`, which
 * the runner sets for its second pass; else nothing, and so the embedded one.
 */
export function storeOfThisPass(): { readonly HUB_STORE?: string } {
  const server = process.env.GATEHOUSE_TEST_STORE;
  return server === undefined ? {} : { HUB_STORE: databaseIn(server) };
}
