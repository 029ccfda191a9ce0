import { findByLogin } from '#actions/people/find.ts';
import type { NewReview } from '#actions/reviews/open.ts';
import type { Services } from '#actions/services.ts';
import { endOfDay } from '#domain/days.ts';
import { type FieldFault, HubError } from '#domain/errors.ts';
import type { ReviewScope } from '#storage/collections.ts';
import { text } from '../route.ts';

export const fieldNames = [
  ...(['title', 'scope', 'department', 'system', 'role', 'permission', 'managers', 'owners', 'named'] as const),
  ...(['fallback', 'due', 'undecided'] as const),
] as const;
export type ReviewFields = Record<(typeof fieldNames)[number], string>;

/** What the form holds, from its query or its body. */
export function fieldsFrom(given: unknown): ReviewFields {
  const all = (given ?? {}) as Readonly<Record<string, unknown>>;
  const read = (name: string): string => (Object.hasOwn(all, name) ? text(all[name]) : '');
  return Object.fromEntries(fieldNames.map((name) => [name, read(name)])) as ReviewFields;
}

export const scopeKinds = ['everybody', 'department', 'system', 'role', 'permission', 'conflicts'] as const;

/**
 * A review as its form describes it; people are named by e-mail or username.
 * @throws HubError `invalid` with every field that names nobody
 */
export async function reviewFrom(services: Services, fields: ReviewFields): Promise<NewReview> {
  const faults: FieldFault[] = [];
  const person = async (path: string, login: string): Promise<string> => {
    const found = await findByLogin(services, login);
    if (found === undefined) faults.push({ path, message: `nobody signs in as “${login}”` });
    return found?.id ?? '';
  };
  const owners: NewReview['reviewers']['owners'] = [];
  for (const line of fields.owners.split(/\r?\n/).filter((one) => one.trim() !== '')) {
    const at = line.indexOf('=');
    const role = line.slice(0, at).trim();
    if (at < 1 || role === '') faults.push({ path: 'owners', message: `write “${line.trim()}” as role = e-mail` });
    else owners.push({ role, person: await person('owners', line.slice(at + 1)) });
  }
  const reviewers = {
    ...{ managers: fields.managers !== '', owners },
    ...(fields.named === '' ? {} : { named: await person('named', fields.named) }),
    fallback: await person('fallback', fields.fallback),
  };
  if (faults.length > 0) throw new HubError('invalid', undefined, { faults });
  return {
    ...{ title: fields.title, scope: scopeOf(fields), reviewers },
    due: endOfDay(fields.due, services.settings.timeZone, 'due') ?? 0,
    undecided: fields.undecided === 'withdraw' ? 'withdraw' : 'keep',
  };
}

function scopeOf({ scope, department, system, role, permission }: ReviewFields): ReviewScope {
  const kind = scopeKinds.find((one) => one === scope) ?? 'everybody';
  switch (kind) {
    case 'department':
      return { kind, department };
    case 'system':
      return { kind, system };
    case 'role':
      return { kind, role };
    case 'permission':
      return { kind, system, permission };
    default:
      return { kind };
  }
}
