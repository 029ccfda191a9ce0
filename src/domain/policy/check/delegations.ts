import type { DelegationOfPolicy } from '../document.ts';
import { at } from '../fault.ts';
import type { Entry, Tree } from '../tree.ts';
import type { Fields } from './fields.ts';
import { checkPermissions } from './roles.ts';
import type { Vocabulary } from './vocabulary.ts';

/** `delegations:` -> what one system may ask of another in a person's name. */
export function checkDelegations(
  fields: Fields,
  vocabulary: Vocabulary,
  tree: Tree,
  path: string,
): DelegationOfPolicy[] {
  const delegations: DelegationOfPolicy[] = [];
  for (const [index, item] of fields.list(tree, path)?.items.entries() ?? []) {
    const here = `${path}[${index}]`;
    const mapping = fields.mapping(item, here);
    if (mapping === undefined) continue;
    const found = fields.closed(mapping, here, ['from', 'to', 'permissions']);
    const from = checkSystem(fields, vocabulary, found.from, at(here, 'from'));
    const to = checkSystem(fields, vocabulary, found.to, at(here, 'to'));
    const permissions =
      found.permissions && checkPermissions(fields, vocabulary, found.permissions.value, to, at(here, 'permissions'));
    delegations.push({ from: from ?? '', to: to ?? '', permissions: permissions ?? [], line: item.line });
  }
  return delegations;
}

function checkSystem(
  fields: Fields,
  vocabulary: Vocabulary,
  entry: Entry | undefined,
  path: string,
): string | undefined {
  const name = entry && fields.name(entry.value, path);
  if (name !== undefined) vocabulary.system(name.text, path, name.line);
  return name?.text;
}
