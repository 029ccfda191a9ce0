import type { z } from 'zod';
import type { FieldFault } from '#domain/errors.ts';
import { nearest } from '#domain/suggest.ts';

/** The configuration cannot be used. The message has one line per fault: where, what is wrong, what would be right. */
export class SettingsError extends Error {
  readonly faults: readonly FieldFault[];

  constructor(faults: readonly FieldFault[]) {
    super(faults.map(({ path, message }) => `${path}: ${message}`).join('\n'));
    this.name = 'SettingsError';
    this.faults = faults;
  }
}

/** What to say of a key that nobody knows. */
export function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  return meant === undefined
    ? `is not a setting; known here: ${known.join(', ')}`
    : `is not a setting; did you mean ${meant}?`;
}

/** `a.b[0].c` from a parent path and the rest. */
export function joinPath(parent: string, rest: readonly PropertyKey[]): string {
  return rest.reduce<string>((path, part) => {
    if (typeof part === 'number') return `${path}[${part}]`;
    return path === '' ? String(part) : `${path}.${String(part)}`;
  }, parent);
}

function expected(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    const words: Record<string, string> = {
      string: 'write a text',
      number: 'write a number',
      int: 'write a whole number',
      boolean: 'write true or false',
      array: 'write a list',
      object: 'write keys and values below it',
      record: 'write keys and values below it',
    };
    const given = issue.input === undefined ? 'is missing' : 'has the wrong form';
    return `${given}; ${words[issue.expected] ?? `it takes ${issue.expected}`}`;
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const meant = typeof issue.input === 'string' ? nearest(issue.input, values) : undefined;
    return `has no such value; ${meant === undefined ? `choose ${values.join(', ')}` : `did you mean ${meant}?`}`;
  }
  return issue.message;
}

/** Turns what zod found into faults, one per unknown key. */
export function faultsOf(error: z.ZodError, parent: string): FieldFault[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [{ path: joinPath(parent, issue.path), message: expected(issue) }];
    const messages = issue.message.split('\n');
    return issue.keys.map((key, index) => ({
      path: joinPath(parent, [...issue.path, key]),
      message: messages[index] ?? 'is not a setting; remove it',
    }));
  });
}
