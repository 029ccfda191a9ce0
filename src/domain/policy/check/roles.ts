import { isHubRole } from '../../hub-roles.ts';
import type { Assurance, RoleOfPolicy } from '../document.ts';
import { at } from '../fault.ts';
import type { Tree } from '../tree.ts';
import { reportCycles } from './cycles.ts';
import { type Fields, shown } from './fields.ts';
import type { Vocabulary } from './vocabulary.ts';

const assurances: readonly Assurance[] = ['password', 'mfa', 'phishing-resistant'];

/** An `includes` entry and where it stands. */
export interface Inclusion {
  readonly from: string;
  readonly to: string;
  readonly path: string;
  readonly line: number;
}

/** `roles:` -> the roles; unknown and circular inclusions are reported. */
export function checkRoles(
  fields: Fields,
  vocabulary: Vocabulary,
  tree: Tree,
  path: string,
): Map<string, RoleOfPolicy> {
  const roles = new Map<string, RoleOfPolicy>();
  const inclusions: Inclusion[] = [];
  for (const entry of fields.mapping(tree, path)?.entries ?? []) {
    const here = at(path, entry.key);
    if (entry.key === '') fields.faults.add(here, entry.keyLine, 'A role needs a name.');
    if (isHubRole(entry.key)) {
      const message = `"${entry.key}" is a role of the hub itself and no policy changes it; choose another name.`;
      fields.faults.add(here, entry.keyLine, message);
    }
    const role = checkRole(fields, vocabulary, entry.key, entry.value, here, entry.keyLine, inclusions);
    if (role !== undefined && !roles.has(entry.key)) roles.set(entry.key, role);
    // A role whose body is not right is still known by name, so that one fault does not bring others.
    else if (role === undefined && !roles.has(entry.key)) roles.set(entry.key, emptyRole(entry.keyLine));
  }
  for (const { to, path: here, line } of inclusions) checkRoleName(fields, roles, to, here, line);
  reportCycles(fields.faults, inclusions);
  return roles;
}

/** Reports a role that the document does not have. */
export function checkRoleName(
  fields: Fields,
  roles: ReadonlyMap<string, unknown>,
  role: string,
  path: string,
  line: number,
): void {
  if (isHubRole(role)) {
    const message = `"${role}" is a role of the hub itself: it comes by single assignment only, never by a policy.`;
    fields.faults.add(path, line, message);
  } else if (!roles.has(role)) {
    const message = `The role "${shown(role)}" is not in roles; add it there or name another.`;
    fields.faults.add(path, line, message, fields.suggest(role, roles.keys()));
  }
}

function checkRole(
  fields: Fields,
  vocabulary: Vocabulary,
  id: string,
  tree: Tree,
  path: string,
  line: number,
  inclusions: Inclusion[],
): RoleOfPolicy | undefined {
  const mapping = fields.mapping(tree, path);
  if (mapping === undefined) return undefined;
  const known = ['title', 'description', 'includes', 'grants', 'requires'] as const;
  const found = fields.closed(mapping, path, [], known);
  const includes: string[] = [];
  const list = found.includes && fields.list(found.includes.value, at(path, 'includes'));
  for (const [index, item] of list?.items.entries() ?? []) {
    const here = `${path}.includes[${index}]`;
    const name = fields.name(item, here);
    if (name === undefined) continue;
    includes.push(name.text);
    inclusions.push({ from: id, to: name.text, path: here, line: name.line });
  }
  return {
    title: (found.title && fields.scalar(found.title.value, at(path, 'title'))?.text) ?? id,
    description: found.description && fields.scalar(found.description.value, at(path, 'description'))?.text,
    includes,
    grants: found.grants ? checkGrants(fields, vocabulary, found.grants.value, at(path, 'grants')) : new Map(),
    requires: found.requires && fields.choice(found.requires.value, at(path, 'requires'), assurances),
    line,
  };
}

function checkGrants(fields: Fields, vocabulary: Vocabulary, tree: Tree, path: string): Map<string, string[]> {
  const grants = new Map<string, string[]>();
  for (const entry of fields.mapping(tree, path)?.entries ?? []) {
    const here = at(path, entry.key);
    vocabulary.system(entry.key, here, entry.keyLine);
    const permissions = checkPermissions(fields, vocabulary, entry.value, entry.key, here);
    if (!grants.has(entry.key)) grants.set(entry.key, permissions);
  }
  return grants;
}

/** A list of permissions in one system. */
export function checkPermissions(
  fields: Fields,
  vocabulary: Vocabulary,
  tree: Tree,
  system: string | undefined,
  path: string,
): string[] {
  const permissions: string[] = [];
  for (const [index, item] of fields.list(tree, path)?.items.entries() ?? []) {
    const name = fields.name(item, `${path}[${index}]`);
    if (name === undefined) continue;
    vocabulary.permission(name.text, system, `${path}[${index}]`, name.line);
    permissions.push(name.text);
  }
  return permissions;
}

function emptyRole(line: number): RoleOfPolicy {
  return { title: '', description: undefined, includes: [], grants: new Map(), requires: undefined, line };
}
