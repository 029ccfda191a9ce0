import type { z } from 'zod';
import { type FieldFault, HubError } from '#domain/errors.ts';
import { faultsOf } from '../problem.ts';

/**
 * Reads a query string. Every key at most once, every value a plain string (no operators, no nesting), unknown keys refused.
 * @throws HubError unknown-query, bad-request (400)
 */
export function readQuery<Q>(search: string, schema: z.ZodType<Q> | undefined): Q {
  const given: Record<string, string> = Object.create(null);
  for (const [key, value] of pairsOf(search)) {
    if (key in given) {
      throw new HubError('bad-request', undefined, { faults: [{ path: key, message: 'This key may stand once' }] });
    }
    given[key] = value;
  }
  if (schema === undefined) {
    const faults = Object.keys(given).map((path) => ({ path, message: 'This key is not known here' }));
    if (faults.length > 0) throw unknown(faults);
    return undefined as Q;
  }
  const own = Object.keys(given).find((key) => key === '__proto__');
  if (own !== undefined) throw unknown([{ path: own, message: 'This key is not known here' }]);
  const checked = schema.safeParse({ ...given });
  if (checked.success) return checked.data;
  const faults = faultsOf(checked.error);
  if (checked.error.issues.some((issue) => issue.code === 'unrecognized_keys')) throw unknown(faults);
  throw new HubError('bad-request', undefined, { faults });
}

function unknown(faults: readonly FieldFault[]): HubError {
  return new HubError('unknown-query', undefined, { faults });
}

/** The pairs of an application/x-www-form-urlencoded string. URLSearchParams would turn bad escapes into U+FFFD. */
export function pairsOf(search: string): [string, string][] {
  const text = search.startsWith('?') ? search.slice(1) : search;
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [plain(pair), ''] : [plain(pair.slice(0, at)), plain(pair.slice(at + 1))];
    });
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw new HubError('bad-request', 'The query holds an escape that is not UTF-8', { cause });
  }
}
