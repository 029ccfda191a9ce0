import { randomBytes } from 'node:crypto';
import type { Sealer } from '#platform/seal.ts';
import type { Connection } from './connection.ts';
import { readFact, writeFact } from './facts.ts';

/** The store's sealed values belong to another master secret. */
export class WrongSecret extends Error {
  constructor(file: string, cause: unknown) {
    super(`${file} was sealed with another \`secret\`; set it to the one that this store was made with`, { cause });
    this.name = 'WrongSecret';
  }
}

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

/** Names a lane of the audit; short, because it stands in every event. */
export function newWriter(): string {
  return `w${randomBytes(5).toString('hex')}`;
}

/** The lane this store writes; made once, so that it outlives restarts. */
export function ensureWriter(connection: Connection): string {
  const known = readFact(connection, 'writer');
  if (known !== undefined || connection.readOnly) return known ?? '';
  const writer = newWriter();
  connection.transaction(() => writeFact(connection, 'writer', writer));
  return writer;
}
