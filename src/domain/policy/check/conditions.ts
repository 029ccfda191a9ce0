import type { Condition, Test } from '../document.ts';
import { at } from '../fault.ts';
import type { Tree } from '../tree.ts';
import { type Fields, shown } from './fields.ts';

const testNames = ['in', 'prefix', 'exists'] as const;

/** A `when`, or a part of one: every key must hold. */
export function checkCondition(fields: Fields, tree: Tree, path: string): Condition {
  const of: Condition[] = [];
  for (const entry of fields.mapping(tree, path)?.entries ?? []) {
    const here = at(path, entry.key);
    if (entry.key === 'all' || entry.key === 'any') {
      const items = fields.list(entry.value, here)?.items ?? [];
      of.push({ kind: entry.key, of: items.map((item, index) => checkCondition(fields, item, `${here}[${index}]`)) });
    } else if (entry.key === 'not') {
      of.push({ kind: 'not', of: checkCondition(fields, entry.value, here), path: here });
    } else {
      if (entry.key === 'password') {
        fields.faults.add(here, entry.keyLine, 'Rules never look at passwords; test another attribute.');
      }
      of.push(...checkTests(fields, entry.value, entry.key, here));
    }
  }
  return { kind: 'all', of };
}

/** The tests on one attribute: a bare scalar, or a mapping of tests that must all pass. */
function checkTests(fields: Fields, tree: Tree, attribute: string, path: string): Condition[] {
  if (tree.kind === 'scalar') {
    return [{ kind: 'test', attribute, test: { kind: 'equals', value: tree.text }, path }];
  }
  if (tree.kind === 'list') {
    fields.faults.add(path, tree.line, 'A list is not a test; write { in: […] }.');
    return [];
  }
  const conditions: Condition[] = [];
  for (const entry of fields.mapping(tree, path)?.entries ?? []) {
    const here = at(path, entry.key);
    const name = testNames.find((known) => known === entry.key);
    if (name === undefined) {
      const message = `The test "${shown(entry.key)}" is not known; write a bare value, or one of ${testNames.join(', ')}.`;
      fields.faults.add(here, entry.keyLine, message, fields.suggest(entry.key, testNames));
      continue;
    }
    const test = readers[name](fields, entry.value, here);
    if (test !== undefined) conditions.push({ kind: 'test', attribute, test, path: here });
  }
  return conditions;
}

const readers: Record<(typeof testNames)[number], (fields: Fields, tree: Tree, path: string) => Test | undefined> = {
  in(fields, tree, path) {
    const items = fields.list(tree, path)?.items ?? [];
    const values = items.map((item, index) => fields.scalar(item, `${path}[${index}]`)?.text);
    return { kind: 'in', values: new Set(values.filter((value) => value !== undefined)) };
  },
  prefix(fields, tree, path) {
    const scalar = fields.scalar(tree, path);
    return scalar && { kind: 'prefix', value: scalar.text };
  },
  exists(fields, tree, path) {
    const scalar = fields.scalar(tree, path);
    if (scalar === undefined) return undefined;
    if (typeof scalar.value !== 'boolean') {
      fields.faults.add(path, scalar.line, `"${shown(scalar.text)}" is not a truth value; write true or false.`);
      return undefined;
    }
    return { kind: 'exists', value: scalar.value };
  },
};
