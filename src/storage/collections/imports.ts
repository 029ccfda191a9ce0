/** Previews of people files: what would be loaded, waiting an hour for whoever asked. */
import { z } from 'zod';
import { collection } from '../collection.ts';

export const importPreviewSchema = z.object({
  /** Who asked: `person:<id>`, `system:<id>`. */
  by: z.string(),
  /** The file's name. */
  name: z.string(),
  /** The departments that the right of whoever asked was limited to: with other rights it is not theirs to see. */
  within: z.array(z.string()).optional(),
  digest: z.string(),
  options: z.object({ skipBad: z.boolean(), emailsVerified: z.boolean(), leavers: z.boolean() }),
  /** The number of the policy it was made under. */
  policy: z.number(),
  /** Pieces in `importPieces`: the file, what was shown, and what it rests on. */
  pieces: z.object({ file: z.number(), shown: z.number(), marks: z.number() }),
  createdAt: z.number(),
});
export type ImportPreviewRecord = z.infer<typeof importPreviewSchema>;
export const importPreviews = collection({
  name: 'importPreviews',
  life: 'live',
  schemaVersion: 1,
  schema: importPreviewSchema,
  indexes: { by: { fields: ['by'] } },
});

/** Id: `<preview>:<part>:<place>`. Sealed, since a file may hold passwords. */
export const importPieces = collection({
  name: 'importPieces',
  life: 'live',
  schemaVersion: 1,
  schema: z.object({ preview: z.string(), sealed: z.string() }),
  indexes: {},
});
