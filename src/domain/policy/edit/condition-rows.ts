import { parse, stringify } from 'yaml';
import { HubError } from '../../errors.ts';
import type { Condition } from '../document.ts';
import { parseOptions } from './splice.ts';

/** One line of the form for conditions: all of them must hold. */
export interface ConditionRow {
  readonly attribute: string;
  readonly test: 'equals' | 'in' | 'prefix' | 'exists' | 'missing';
  /** Values of `in` are parted by `;`. */
  readonly value: string;
}

/** A condition as rows, each attribute once; undefined where it says more than rows can. */
export function rowsOf(condition: Condition): ConditionRow[] | undefined {
  const parts = condition.kind === 'all' ? condition.of : [condition];
  const rows = parts.map((part): ConditionRow | undefined => {
    if (part.kind !== 'test') return undefined;
    const { attribute, test } = part;
    if (test.kind === 'exists') return { attribute, test: test.value ? 'exists' : 'missing', value: '' };
    if (test.kind !== 'in') return { attribute, test: test.kind, value: test.value };
    const values = [...test.values];
    return values.some((value) => value.includes(';') || value !== value.trim())
      ? undefined
      : { attribute, test: 'in', value: values.join('; ') };
  });
  const known = rows.filter((row) => row !== undefined);
  const distinct = new Set(known.map(({ attribute }) => attribute)).size === parts.length;
  return known.length === parts.length && distinct ? known : undefined;
}

/** Rows as a `when`. @throws HubError `invalid` for an attribute that stands twice */
export function whenOf(rows: readonly ConditionRow[]): Record<string, unknown> {
  const when: Record<string, unknown> = {};
  for (const { attribute, test, value } of rows) {
    if (Object.hasOwn(when, attribute)) {
      const message = `"${attribute}" stands twice; write the condition yourself`;
      throw new HubError('invalid', undefined, { faults: [{ path: 'when', message }] });
    }
    when[attribute] = testOf(test, value);
  }
  return when;
}

function testOf(test: ConditionRow['test'], value: string): unknown {
  switch (test) {
    case 'equals':
      return value;
    case 'in':
      return { in: value.split(';').flatMap((one) => (one.trim() === '' ? [] : [one.trim()])) };
    case 'prefix':
      return { prefix: value };
    case 'exists':
      return { exists: true };
    case 'missing':
      return { exists: false };
  }
}

/** A condition as an author would write it, for the form's own field. @param index place of the rule in the text */
export function whenText(text: string, index: number): string {
  const document: unknown = parse(text, parseOptions);
  const rules = (document as { assign?: { when?: unknown }[] } | null)?.assign;
  const when = rules?.[index]?.when;
  return when === undefined ? '' : stringify(when, { lineWidth: 100 }).trimEnd();
}

/** What somebody wrote in that field. @throws HubError `invalid` when it is no YAML mapping */
export function whenFrom(text: string): Record<string, unknown> {
  const fault = (message: string) => new HubError('invalid', undefined, { faults: [{ path: 'when', message }] });
  let when: unknown;
  try {
    when = parse(text, parseOptions);
  } catch (error) {
    throw fault(`is not YAML: ${error instanceof Error ? error.message : ''}`);
  }
  if (typeof when !== 'object' || when === null || Array.isArray(when)) {
    throw fault('has to be a mapping such as { department: Sales }');
  }
  return when as Record<string, unknown>;
}
