import type { Attribute } from '#domain/people/fields.ts';
import type { SourceValues } from '#domain/sources/mapping.ts';
import type { Stored } from '#storage/collection.ts';
import { type Identity, identities } from '#storage/collections.ts';
import { everyRecord } from '../access/reading.ts';
import type { Services } from '../services.ts';
import type { ProvedIdentity } from './meet.ts';

/** What a source told of somebody at their last sign-in. */
export interface Told {
  readonly values: SourceValues;
  /** Names of which it told a part only. */
  readonly incomplete: readonly string[];
}

const purpose = 'source-told';
/** Characters that are kept of it; a value that no longer fits is left out, with all after it. */
const mostTold = 16_384;

/** What is kept of it on the identity: sealed, bounded, and gone with the person. */
export function sealTold({ seal }: Pick<Services, 'seal'>, { values, incomplete }: ProvedIdentity): string {
  const entries: [string, Attribute][] = [];
  let size = 0;
  for (const [name, value] of Object.entries(values)) {
    size += JSON.stringify([name, value]).length;
    if (size > mostTold) break;
    entries.push([name, value]);
  }
  return seal.seal(purpose, JSON.stringify({ values: Object.fromEntries(entries), incomplete }));
}

export function toldOf({ seal }: Pick<Services, 'seal'>, { toldSealed }: Identity): Told | undefined {
  return toldSealed === undefined ? undefined : (JSON.parse(seal.open(purpose, toldSealed)) as Told);
}

/** The identity of a source that was used last, for the preview of its mapping. Looks at all of them: for the console alone. */
export async function lastIdentity(services: Services, source: string): Promise<Stored<Identity> | undefined> {
  let last: Stored<Identity> | undefined;
  for await (const one of everyRecord(services.store, identities, { where: { source } }))
    if (one.toldSealed !== undefined && one.usedAt > (last?.usedAt ?? 0)) last = one;
  return last;
}
