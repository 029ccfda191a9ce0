import type { Stored } from '#storage/collection.ts';
import { type UnificationRecord, unifyFiles } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import type { Services } from '../services.ts';
import type { FileJob } from './job.ts';

/** A piece of a file in one record, small enough for every engine. */
const pieceBytes = 512 * 1024;

/** The changes that store a file in pieces. */
export function partsOf(bytes: Uint8Array, unification = '', list = ''): Change[] {
  const changes: Change[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const data = { unification, bytes: Buffer.from(bytes.subarray(at, at + pieceBytes)).toString('base64') };
    const id = `${unification}:${list}:${changes.length}`;
    changes.push({ kind: 'insert', collection: unifyFiles, id, data });
  }
  return changes;
}

/** The changes that take the files of a unification away. */
export function withoutFiles({ id, files }: Stored<UnificationRecord>): Change[] {
  return Object.entries(files).flatMap(([list, file]) =>
    Array.from({ length: file?.parts ?? 0 }, (_, part): Change => {
      return { kind: 'remove', collection: unifyFiles, id: `${id}:${list}:${part}` };
    }),
  );
}

type List = 'crm' | 'erp' | 'directory';

/** The stored files with how to read them; undefined for a list that has none. */
export async function fileOf(
  { store }: Services,
  { id, files }: Stored<UnificationRecord>,
  list: List,
): Promise<FileJob | undefined> {
  const file = files[list];
  if (file === undefined) return undefined;
  const pieces: Buffer[] = [];
  for (let part = 0; part < file.parts; part++) {
    const piece = await store.get(unifyFiles, `${id}:${list}:${part}`);
    if (piece !== undefined) pieces.push(Buffer.from(piece.bytes, 'base64'));
  }
  return { bytes: Buffer.concat(pieces), map: file.map, encoding: file.encoding };
}
