import type { PermissionInSystem, SeparationOfPolicy } from '../document.ts';
import { at } from '../fault.ts';
import type { Tree } from '../tree.ts';
import { type Fields, shown } from './fields.ts';
import type { Vocabulary } from './vocabulary.ts';

const modes = ['prevent', 'warn'] as const;

/** `separation:` -> the rules on what one person must not hold together. */
export function checkSeparation(
  fields: Fields,
  vocabulary: Vocabulary,
  tree: Tree,
  path: string,
): SeparationOfPolicy[] {
  const rules: SeparationOfPolicy[] = [];
  const lines = new Map<string, number>();
  for (const [index, item] of fields.list(tree, path)?.items.entries() ?? []) {
    const here = `${path}[${index}]`;
    const mapping = fields.mapping(item, here);
    if (mapping === undefined) continue;
    const found = fields.closed(mapping, here, ['id', 'conflict', 'mode'], ['title']);
    const id = found.id && fields.name(found.id.value, at(here, 'id'));
    if (id !== undefined) {
      const before = lines.get(id.text);
      if (before === undefined) lines.set(id.text, id.line);
      else {
        const message = `The id "${shown(id.text)}" stands on line ${before} already; each separation rule needs its own.`;
        fields.faults.add(at(here, 'id'), id.line, message);
      }
    }
    const conflict =
      found.conflict &&
      checkConflict(fields, vocabulary, found.conflict.value, at(here, 'conflict'), found.conflict.keyLine);
    const mode = found.mode && fields.choice(found.mode.value, at(here, 'mode'), modes);
    const title = found.title && fields.scalar(found.title.value, at(here, 'title'));
    rules.push({
      id: id?.text ?? '',
      title: title?.text ?? '',
      conflict: conflict ?? [],
      mode: mode ?? 'warn',
      line: item.line,
    });
  }
  return rules;
}

/** @returns the different entries. */
function checkConflict(
  fields: Fields,
  vocabulary: Vocabulary,
  tree: Tree,
  path: string,
  line: number,
): PermissionInSystem[] {
  const list = fields.list(tree, path);
  const entries = new Map<string, PermissionInSystem>();
  // An entry that was reported still counts, so that one fault does not bring a second.
  let broken = list === undefined ? 2 : 0;
  for (const [index, item] of list?.items.entries() ?? []) {
    const entry = checkEntry(fields, vocabulary, item, `${path}[${index}]`);
    if (entry === undefined) broken += 1;
    else entries.set(JSON.stringify([entry.system, entry.permission]), entry);
  }
  if (entries.size + broken < 2) {
    fields.faults.add(path, line, 'A conflict needs two or more different entries; add what must not come together.');
  }
  return [...entries.values()];
}

function checkEntry(fields: Fields, vocabulary: Vocabulary, tree: Tree, path: string): PermissionInSystem | undefined {
  const mapping = fields.mapping(tree, path);
  if (mapping === undefined) return undefined;
  const found = fields.closed(mapping, path, ['system', 'permission']);
  const system = found.system && fields.name(found.system.value, at(path, 'system'));
  const permission = found.permission && fields.name(found.permission.value, at(path, 'permission'));
  if (system !== undefined) vocabulary.system(system.text, at(path, 'system'), system.line);
  if (permission !== undefined) {
    vocabulary.permission(permission.text, system?.text, at(path, 'permission'), permission.line);
  }
  return system && permission && { system: system.text, permission: permission.text };
}
