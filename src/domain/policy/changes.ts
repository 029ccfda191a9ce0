import { isDeepStrictEqual } from 'node:util';
import type { Condition, PolicyDocument, RuleOfPolicy } from './document.ts';

/** What differs in one field: for lists and sets what came and went, for texts the old and the new. */
export interface FieldChange {
  readonly field: string;
  readonly plus: readonly string[];
  readonly minus: readonly string[];
}

/** One item that one policy has and another has not, or has otherwise: the change list that a reviewer reads. */
export interface PolicyChange {
  readonly part: 'domain' | 'role' | 'rule' | 'separation' | 'delegation';
  readonly act: 'added' | 'removed' | 'changed';
  /** The item's id; of a rule its role, of a delegation `from -> to`. */
  readonly id: string;
  readonly fields: readonly FieldChange[];
}

/** An item reduced to fields that can be compared: field -> its values. */
type Fields = ReadonlyMap<string, readonly string[]>;
type Item = readonly [id: string, fields: Fields];

/** Everything that differs between two policies, by part, in the order of the documents. Meaning alone: not comments, not order. */
export function policyChanges(before: PolicyDocument, after: PolicyDocument): PolicyChange[] {
  return [
    ...byId('domain', domains(before), domains(after)),
    ...byId('role', roles(before), roles(after)),
    ...alike('rule', rules(before), rules(after)),
    ...byId('separation', separation(before), separation(after)),
    ...alike('delegation', delegations(before), delegations(after)),
  ];
}

function byId(part: PolicyChange['part'], before: readonly Item[], after: readonly Item[]): PolicyChange[] {
  const was = new Map(before);
  const is = new Map(after);
  const changes: PolicyChange[] = [];
  for (const [id, fields] of was) {
    const now = is.get(id);
    if (now === undefined) changes.push({ part, act: 'removed', id, fields: difference(fields, new Map()) });
    else if (!isDeepStrictEqual(fields, now)) {
      const found = difference(fields, now);
      if (found.length > 0) changes.push({ part, act: 'changed', id, fields: found });
    }
  }
  for (const [id, fields] of is) {
    if (!was.has(id)) changes.push({ part, act: 'added', id, fields: difference(new Map(), fields) });
  }
  return changes;
}

/** Items without an id: equal ones cancel out; what is left over under the same name, one on either side, was changed. */
function alike(part: PolicyChange['part'], before: readonly Item[], after: readonly Item[]): PolicyChange[] {
  const left = [...before];
  const added = after.filter((item) => {
    const same = left.findIndex((other) => isDeepStrictEqual(other, item));
    if (same >= 0) left.splice(same, 1);
    return same < 0;
  });
  const changes: PolicyChange[] = [];
  for (const [id, fields] of left) {
    const place = added.findIndex(([other]) => other === id);
    const [now] = place < 0 ? [] : added.splice(place, 1);
    const act = now === undefined ? 'removed' : 'changed';
    changes.push({ part, act, id, fields: difference(fields, now?.[1] ?? new Map()) });
  }
  for (const [id, fields] of added) changes.push({ part, act: 'added', id, fields: difference(new Map(), fields) });
  return changes;
}

function difference(before: Fields, after: Fields): FieldChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((field) => {
    const [was, is] = [new Set(before.get(field)), new Set(after.get(field))];
    const plus = [...is].filter((value) => !was.has(value));
    const minus = [...was].filter((value) => !is.has(value));
    return plus.length + minus.length === 0 ? [] : [{ field, plus, minus }];
  });
}

function fieldsOf(fields: Readonly<Record<string, readonly string[] | string | undefined>>): Fields {
  return new Map(
    Object.entries(fields).flatMap(([name, value]) => {
      const values = typeof value === 'string' ? [value] : (value ?? []);
      return values.length === 0 || values[0] === '' ? [] : [[name, values] as const];
    }),
  );
}

const domains = (document: PolicyDocument): Item[] =>
  [...document.domains].map(([id, { title, sides, actions }]) => [id, fieldsOf({ title, sides, actions })]);

const roles = (document: PolicyDocument): Item[] =>
  [...document.roles].map(([id, { title, description, includes, requires, grants }]) => [
    id,
    new Map([
      ...fieldsOf({ title, description, includes, requires }),
      ...[...grants].filter(([, list]) => list.length > 0).map(([system, list]) => [system, list] as const),
    ]),
  ]);

const rules = (document: PolicyDocument): Item[] =>
  document.assign.map((rule) => [rule.role, fieldsOf({ when: conditionText(rule.when), ...period(rule) })]);

const separation = (document: PolicyDocument): Item[] =>
  document.separation.map(({ id, title, mode, conflict }) => [
    id,
    fieldsOf({ title, mode, conflict: conflict.map(({ system, permission }) => `${system} ${permission}`) }),
  ]);

const delegations = (document: PolicyDocument): Item[] =>
  document.delegations.map(({ from, to, permissions }) => [`${from} -> ${to}`, fieldsOf({ permissions })]);

function period({ from, until }: Pick<RuleOfPolicy, 'from' | 'until'>): { from?: string; until?: string } {
  const shown = (at: number) => new Date(at).toISOString().replace('T00:00:00.000Z', '');
  return {
    ...(from === undefined ? {} : { from: shown(from) }),
    ...(until === undefined ? {} : { until: shown(until) }),
  };
}

/** A condition on one line, as it could stand in a document. */
export function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case 'all':
      return condition.of.length === 1 && condition.of[0] !== undefined
        ? conditionText(condition.of[0])
        : `{ ${condition.of.map(inner).join(', ')} }`;
    case 'any':
      return `any: [${condition.of.map(conditionText).join(', ')}]`;
    case 'not':
      return `not: ${conditionText(condition.of)}`;
    case 'test': {
      const { attribute, test } = condition;
      if (test.kind === 'equals') return `${attribute}: ${test.value}`;
      if (test.kind === 'in') return `${attribute}: { in: [${[...test.values].join(', ')}] }`;
      return `${attribute}: { ${test.kind}: ${test.value} }`;
    }
  }
}

function inner(condition: Condition): string {
  return condition.kind === 'all' ? `all: [${condition.of.map(conditionText).join(', ')}]` : conditionText(condition);
}
