import type { Sealer } from '#platform/seal.ts';
import { newWriter } from '../audit/chain.ts';
import { WrongSecret } from '../refusals.ts';
import type { Connection } from './connection.ts';
import { readFact, writeFact } from './facts.ts';

/** Refuses at the start, rather than at the first sealed value somebody needs. @throws WrongSecret */
export function ensureSecret(connection: Connection, seal: Sealer): void {
  const proof = readFact(connection, 'secret');
  if (proof === undefined) {
    if (!connection.readOnly) connection.transaction(() => writeFact(connection, 'secret', seal.seal('store', 'ours')));
    return;
  }
  try {
    seal.open('store', proof);
  } catch (error) {
    throw new WrongSecret(connection.file, error);
  }
}

/** The lane this store writes; made once, so that it outlives restarts. */
export function ensureWriter(connection: Connection): string {
  const known = readFact(connection, 'writer');
  if (known !== undefined || connection.readOnly) return known ?? '';
  const writer = newWriter();
  connection.transaction(() => writeFact(connection, 'writer', writer));
  return writer;
}
