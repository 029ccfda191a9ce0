import { z } from 'zod';
import { HubError } from '#domain/errors.ts';

/** An ISO 8601 instant in UTC, as the hub writes them. */
export const instant = z.iso.datetime({ message: 'An instant in UTC, such as 2026-01-31T08:00:00Z' });

/** Leaves out what is undefined, as exactOptionalPropertyTypes wants it. */
export function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** @throws HubError not-found */
export function found<T>(value: T | undefined): T {
  if (value === undefined) throw new HubError('not-found');
  return value;
}

/** Milliseconds since 1970 as the API shows instants. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
