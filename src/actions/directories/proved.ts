import { mappingAtFirst } from '#domain/sources/source.ts';
import { directoryIssuer, type IdentityKey } from '../sources/identities.ts';
import type { ProvedIdentity } from '../sources/meet.ts';
import type { DirectoryEntry } from './port.ts';
import { type DirectorySource, groupsName, isGroups } from './settings.ts';

/** Under what an entry of a directory is linked: the source vouches for it itself. */
export function keyOf(source: Pick<DirectorySource, 'id'>, entry: Pick<DirectoryEntry, 'subject'>): IdentityKey {
  return { source: source.id, issuer: directoryIssuer(source.id), subject: entry.subject };
}

/** An entry as what a source tells: one value as a text, several as a list; groups always as a list. */
export function provedOf(source: DirectorySource, entry: DirectoryEntry): ProvedIdentity {
  const values: [string, string | string[]][] = [];
  const names = [...new Set(Object.values(mappingAtFirst(source)))];
  for (const name of names) {
    const told = entry.attributes[isGroups(name) ? groupsName : name] ?? [];
    const [first] = told;
    if (isGroups(name)) values.push([name, [...told]]);
    else if (first !== undefined) values.push([name, told.length === 1 ? first : [...told]]);
  }
  const incomplete = entry.groupsInPart === true ? names.filter(isGroups) : [];
  // fromEntries defines own properties, whatever their name.
  return { ...keyOf(source, entry), values: Object.fromEntries(values), incomplete, emailVerified: true };
}
