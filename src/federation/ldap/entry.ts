import type { Entry } from 'ldapts';
import type { DirectoryEntry, DirectorySettings } from '#actions/directories/port.ts';
import { entryTrouble, stateAttributes } from '#domain/ldap/account-state.ts';
import { isBinaryId, subjectText } from '#domain/ldap/subject.ts';

/** Active Directory has no `entryUUID`; whoever configured nothing else is known there by what it has instead. */
const idsOf = ({ subject }: DirectorySettings): string[] =>
  subject.toLowerCase() === 'entryuuid' ? [subject, 'objectGUID'] : [subject];

/** What is asked of a person's entry. */
export function attributesToRead(directory: DirectorySettings): { attributes: string[]; binary: string[] } {
  const groups = directory.groups.by === 'memberOf' ? ['memberOf'] : [];
  const attributes = [...new Set([...idsOf(directory), ...directory.attributes, ...groups, ...stateAttributes])];
  return { attributes, binary: attributes.filter(isBinaryId) };
}

/** Values by an attribute's name, whatever its case; those that are no text are left out. */
export function valuesOf(entry: Entry, attribute: string): string[] {
  return rawValues(entry, attribute).filter((value) => typeof value === 'string');
}

function rawValues(entry: Entry, attribute: string): (string | Buffer)[] {
  const wanted = attribute.toLowerCase();
  const found = Object.entries(entry).find(([name]) => name.toLowerCase() === wanted)?.[1];
  return found === undefined ? [] : [found].flat();
}

/** Reads an entry; undefined when it has no id that stays, or several. */
export function readEntry(directory: DirectorySettings, entry: Entry, now: number): DirectoryEntry | undefined {
  const name = idsOf(directory).find((one) => rawValues(entry, one).length > 0) ?? directory.subject;
  const [id, ...more] = rawValues(entry, name);
  const subject = more.length > 0 ? undefined : subjectText(name, id);
  if (subject === undefined) return undefined;
  const { attributes } = attributesToRead(directory);
  return {
    subject,
    dn: entry.dn,
    attributes: Object.fromEntries(
      attributes.map((name) => [name, valuesOf(entry, name)] as const).filter(([, values]) => values.length > 0),
    ),
    trouble: entryTrouble((name) => valuesOf(entry, name)[0], now),
  };
}

/** A directory tells long lists in pieces (`memberOf;range=0-1499`, MS-ADTS 3.1.1.3.1.3.3); read as it stands, the rest would be missing. */
export function isInPieces(entry: Entry, attribute: string): boolean {
  const prefix = `${attribute.toLowerCase()};range=`;
  return Object.keys(entry).some((name) => name.toLowerCase().startsWith(prefix));
}
