import { parseInstant } from '../dates.ts';
import type { Condition, RoleOfPolicy, RuleOfPolicy } from '../document.ts';
import { at } from '../fault.ts';
import type { Entry, Tree } from '../tree.ts';
import { checkCondition } from './conditions.ts';
import { type Fields, shown } from './fields.ts';
import { checkRoleName } from './roles.ts';

/** `assign:` -> the rules. */
export function checkRules(
  fields: Fields,
  roles: ReadonlyMap<string, RoleOfPolicy>,
  tree: Tree,
  path: string,
): RuleOfPolicy[] {
  const rules: RuleOfPolicy[] = [];
  for (const [index, item] of fields.list(tree, path)?.items.entries() ?? []) {
    const here = `${path}[${index}]`;
    const mapping = fields.mapping(item, here);
    if (mapping === undefined) continue;
    const found = fields.closed(mapping, here, ['role', 'when'], ['from', 'until']);
    const role = found.role && fields.name(found.role.value, at(here, 'role'));
    if (role !== undefined) checkRoleName(fields, roles, role.text, at(here, 'role'), role.line);
    const nobody: Condition = { kind: 'any', of: [] };
    const when = found.when === undefined ? nobody : checkCondition(fields, found.when.value, at(here, 'when'));
    const [from, until] = checkPeriod(fields, found.from, found.until, here);
    rules.push({ role: role?.text ?? '', when, from, until, path: here, line: item.line });
  }
  return rules;
}

function checkPeriod(
  fields: Fields,
  fromEntry: Entry | undefined,
  untilEntry: Entry | undefined,
  path: string,
): [number | undefined, number | undefined] {
  const from = fromEntry && checkDate(fields, fromEntry.value, at(path, 'from'));
  const until = untilEntry && checkDate(fields, untilEntry.value, at(path, 'until'));
  if (from !== undefined && until !== undefined && untilEntry !== undefined && until <= from) {
    const message = 'This is not after "from", so the rule would never hold; "until" is the first day it does not.';
    fields.faults.add(at(path, 'until'), untilEntry.value.line, message);
  }
  return [from, until];
}

function checkDate(fields: Fields, tree: Tree, path: string): number | undefined {
  const scalar = fields.scalar(tree, path);
  if (scalar === undefined) return undefined;
  const instant = parseInstant(scalar.text);
  if (instant === undefined) {
    const message = `"${shown(scalar.text)}" is no date; write an existing day as YYYY-MM-DD, or an instant such as 2026-01-31T08:00:00Z.`;
    fields.faults.add(path, scalar.line, message);
  }
  return instant;
}
