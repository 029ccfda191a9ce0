import { type DirectoryEntry, type DirectorySettings, DirectoryTrouble } from '#actions/directories/port.ts';
import { filledFilter } from '#domain/ldap/filter.ts';
import type { Connection } from './connection.ts';
import { isInPieces, valuesOf } from './entry.ts';
import { search } from './search.ts';

/** Groups that one person may be in, directly and through others. Beyond it nothing is told, rather than a part. */
const mostGroups = 1000;

interface Group {
  readonly dn: string;
  /** What is told of it. */
  readonly values: readonly string[];
  /** The groups that it is in, where it says so itself. */
  readonly parents: readonly string[];
}

/**
 * The groups of an entry, those that they are in included where the source asks for it, each once, in order of their spelling. A circle
 * of groups ends where it began.
 * @throws DirectoryTrouble `search` beyond a thousand groups
 */
export async function groupsOf(
  directory: DirectorySettings,
  connection: Connection,
  entry: DirectoryEntry,
): Promise<string[]> {
  const { by, nested, value } = directory.groups;
  const told = entry.attributes.memberOf ?? [];
  if (by === 'none') return [];
  if (by === 'memberOf' && nested === 'no' && value === 'dn') return sorted(bounded(told));
  const found = new Map<string, Group>();
  const first =
    nested === 'chain'
      ? await chained(directory, connection, entry.dn)
      : await above(directory, connection, entry.dn, told);
  let edge = first;
  while (edge.length > 0) {
    const fresh = edge.filter((group) => !found.has(key(group.dn)));
    for (const group of fresh) found.set(key(group.dn), group);
    bounded([...found.keys()]);
    edge = [];
    if (nested === 'walk')
      for (const group of fresh) edge.push(...(await above(directory, connection, group.dn, group.parents)));
  }
  return sorted([...found.values()].flatMap((group) => group.values));
}

/** The groups right above something: read one by one where it names them, else sought. */
async function above(
  directory: DirectorySettings,
  connection: Connection,
  dn: string,
  named: readonly string[],
): Promise<Group[]> {
  if (directory.groups.by === 'search')
    return sought(directory, connection, filledFilter(directory.groups.filter, '{dn}', dn));
  const groups: Group[] = [];
  for (const parent of bounded(named)) {
    const [entry] = await read(directory, connection, { base: parent, scope: 'base', filter: '(objectClass=*)' });
    // A group that the service account may not see is told by its name alone.
    groups.push(entry ?? { dn: parent, values: directory.groups.value === 'dn' ? [parent] : [], parents: [] });
  }
  return groups;
}

/** Active Directory works the nesting out itself (LDAP_MATCHING_RULE_IN_CHAIN). */
const chained = (directory: DirectorySettings, connection: Connection, dn: string): Promise<Group[]> =>
  sought(directory, connection, filledFilter('(member:1.2.840.113556.1.4.1941:={dn})', '{dn}', dn));

const sought = (directory: DirectorySettings, connection: Connection, filter: string): Promise<Group[]> =>
  read(directory, connection, { base: directory.groups.base, scope: 'sub', filter });

async function read(
  directory: DirectorySettings,
  connection: Connection,
  where: { readonly base: string; readonly scope: 'base' | 'sub'; readonly filter: string },
): Promise<Group[]> {
  const { value } = directory.groups;
  const attributes = ['memberOf', ...(value === 'dn' ? [] : [value])];
  const entries = await search(connection, where.base, {
    scope: where.scope,
    filter: where.filter,
    attributes,
    pageSize: where.scope === 'base' ? undefined : directory.pageSize,
    nothingThere: 'none',
  });
  return entries.map((entry) => {
    if (isInPieces(entry, 'memberOf')) throw tooMany();
    return {
      dn: entry.dn,
      values: value === 'dn' ? [entry.dn] : valuesOf(entry, value),
      parents: valuesOf(entry, 'memberOf'),
    };
  });
}

function bounded<T>(groups: readonly T[]): readonly T[] {
  if (groups.length > mostGroups) throw tooMany();
  return groups;
}

const tooMany = () =>
  new DirectoryTrouble('search', `somebody is in more than ${mostGroups} groups; narrow groups.base or groups.filter`);

const key = (dn: string): string => dn.toLowerCase();
const sorted = (values: readonly string[]): string[] => [...new Set(values)].sort();
