import { type DirectoryEntry, type DirectorySettings, DirectoryTrouble } from '#actions/directories/port.ts';
import { filledFilter } from '#domain/ldap/filter.ts';
import type { Connection } from './connection.ts';
import { isInPieces, valuesOf } from './entry.ts';
import { search } from './search.ts';

/** Groups that one person may be in, directly and through others. Beyond it nothing is told, rather than a part. */
const mostGroups = 1000;

/** So many times the patience for one answer may all of somebody's groups take. */
const patience = 3;

/** What can be told would be a part, and taken for the whole. */
export class TooManyGroups extends Error {}

/** What is right above a group, by its name. */
export type Seen = Map<string, readonly Group[]>;

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
 * @throws TooManyGroups beyond a thousand groups, or where the directory tells them in pieces; DirectoryTrouble
 */
export async function groupsOf(
  directory: DirectorySettings,
  connection: Connection,
  entry: DirectoryEntry,
  seen: Seen = new Map(),
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
  const until = performance.now() + patience * directory.timeoutMs;
  const edge = [...first];
  for (let group = edge.pop(); group !== undefined; group = edge.pop()) {
    if (found.has(key(group.dn))) continue;
    found.set(key(group.dn), group);
    bounded([...found.keys()]);
    if (nested !== 'walk') continue;
    if (performance.now() > until) throw new DirectoryTrouble('slow', 'groups of groups take too long; ask for less');
    const over = seen.get(key(group.dn)) ?? (await above(directory, connection, group.dn, group.parents));
    seen.set(key(group.dn), over);
    edge.push(...over);
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
    if (isInPieces(entry, 'memberOf')) throw new TooManyGroups();
    return {
      dn: entry.dn,
      values: value === 'dn' ? [entry.dn] : valuesOf(entry, value),
      parents: valuesOf(entry, 'memberOf'),
    };
  });
}

function bounded<T>(groups: readonly T[]): readonly T[] {
  if (groups.length > mostGroups) throw new TooManyGroups();
  return groups;
}

const key = (dn: string): string => dn.toLowerCase();
const sorted = (values: readonly string[]): string[] => [...new Set(values)].sort();
