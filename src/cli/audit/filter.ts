import type { Services } from '#actions/services.ts';
import { people } from '#storage/collections.ts';
import type { AuditQuery } from '#storage/port.ts';
import { WrongUse } from '../io.ts';

export interface FilterOptions {
  readonly since?: string;
  readonly until?: string;
  readonly person?: string;
  readonly system?: string;
  readonly via?: string;
  readonly type?: string;
  readonly outcome?: string;
}

export type Filter = Pick<AuditQuery, 'since' | 'until' | 'person' | 'system' | 'via' | 'type' | 'outcome'>;

/**
 * Which events, from the words of the command line: a person by e-mail, username or id; times as ISO instants or days (UTC).
 *
 * @throws WrongUse when a time or a person cannot be understood.
 */
export async function filterOf(services: Services, options: FilterOptions): Promise<Filter> {
  const { since, until, person, system, via, type, outcome } = options;
  return {
    ...(since === undefined ? {} : { since: instant('--since', since) }),
    ...(until === undefined ? {} : { until: instant('--until', until) }),
    ...(person === undefined ? {} : { person: await personId(services, person) }),
    ...(system === undefined ? {} : { system }),
    ...(via === undefined ? {} : { via }),
    ...(type === undefined ? {} : { type }),
    ...(outcome === undefined ? {} : { outcome }),
  };
}

function instant(option: string, text: string): string {
  const shaped = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z)?$/.test(text);
  const ms = shaped ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms))
    throw new WrongUse(`${option} ${text}: write a day like 2026-11-22 or an instant like 2026-11-22T14:00:00Z`);
  return new Date(ms).toISOString();
}

async function personId(services: Services, text: string): Promise<string> {
  // Ids are looked for as they are: an erased person has events and no record.
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text;
  const found = await services.store.one(people, 'logins', text.trim().normalize('NFKC').toLowerCase());
  if (found === undefined) throw new WrongUse(`--person ${text}: nobody has this e-mail or username`);
  return found.id;
}
