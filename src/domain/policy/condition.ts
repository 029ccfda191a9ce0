import type { Condition, Test } from './document.ts';
import type { Attributes } from './subject.ts';

/** Does a `when` hold for these attributes? */
export function holds(condition: Condition, attributes: Attributes): boolean {
  switch (condition.kind) {
    case 'all':
      return condition.of.every((part) => holds(part, attributes));
    case 'any':
      return condition.of.some((part) => holds(part, attributes));
    case 'not':
      return !holds(condition.of, attributes);
    case 'test':
      return passes(condition.test, attributes.get(condition.attribute));
  }
}

/** A list passes if any element does; what is absent passes `exists: false` alone. */
function passes(test: Test, value: string | readonly string[] | undefined): boolean {
  if (test.kind === 'exists') return test.value === (value !== undefined);
  if (value === undefined) return false;
  return typeof value === 'string' ? passesOne(test, value) : value.some((element) => passesOne(test, element));
}

function passesOne(test: Exclude<Test, { kind: 'exists' }>, value: string): boolean {
  switch (test.kind) {
    case 'equals':
      return value === test.value;
    case 'in':
      return test.values.has(value);
    case 'prefix':
      return value.startsWith(test.value);
  }
}

/** A test that stands in the way of a rule. */
export interface FailingTest {
  /** Where it stands: `assign[3].when.department`. */
  readonly path: string;
  readonly attribute?: string;
  readonly test: 'equals' | 'in' | 'prefix' | 'exists' | 'not' | 'any' | 'from' | 'until' | 'active';
  readonly expected?: string | boolean | readonly string[];
  /** What the person has; absent when the attribute is. */
  readonly actual?: string | readonly string[];
}

/** The tests that keep a `when` from holding: of alternatives, those of the one with the fewest. Empty when it holds. */
export function failingTests(condition: Condition, attributes: Attributes, path: string): FailingTest[] {
  if (holds(condition, attributes)) return [];
  switch (condition.kind) {
    case 'all':
      return condition.of.flatMap((part) => failingTests(part, attributes, path));
    case 'any': {
      const alternatives = condition.of.map((part) => failingTests(part, attributes, path));
      return alternatives.toSorted((a, b) => a.length - b.length)[0] ?? [{ path, test: 'any', expected: [] }];
    }
    case 'not':
      return [{ path: condition.path, test: 'not' }];
    case 'test': {
      const actual = attributes.get(condition.attribute);
      const { attribute, test } = condition;
      return [
        {
          path: condition.path,
          attribute,
          test: test.kind,
          expected: test.kind === 'in' ? [...test.values] : test.value,
          ...(actual === undefined ? {} : { actual }),
        },
      ];
    }
  }
}
