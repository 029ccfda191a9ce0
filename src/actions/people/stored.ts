import { endOfDay } from '#domain/days.ts';
import type { PersonFields } from '#domain/people/fields.ts';
import { fold } from '#domain/people/folding.ts';
import { recordOf } from '#domain/people/record.ts';
import type { Stored } from '#storage/collection.ts';
import type { Person } from '#storage/collections.ts';
import type { Services } from '../services.ts';

/**
 * Who is let in again is let in: their last day, when it is over and nobody names it now, is gone with it.
 * @param named does whoever lets them in say which last day they have?
 */
export function letIn(
  { clock, settings }: Pick<Services, 'clock' | 'settings'>,
  fields: PersonFields,
  before: Stored<Person> | undefined,
  named: boolean,
): PersonFields {
  const { lastDay, ...rest } = fields;
  if (named || before?.status !== 'disabled' || fields.status !== 'active' || lastDay === undefined) return fields;
  return (endOfDay(lastDay, settings.timeZone) ?? 0) <= clock.now() ? rest : fields;
}

/**
 * The record of somebody with these fields, which have passed `personFaults`.
 * @param before as they are now; undefined for somebody new
 */
export function storedPerson(
  { clock, settings }: Pick<Services, 'clock' | 'settings'>,
  fields: PersonFields,
  before?: Stored<Person>,
): Person {
  const now = clock.now();
  const { lastDay, status } = fields;
  const leavesAt = status === 'active' && lastDay !== undefined ? endOfDay(lastDay, settings.timeZone) : undefined;
  const ends = before?.status === 'active' && status === 'disabled';
  const endings = (before?.endings ?? 0) + (ends ? 1 : 0);
  return {
    ...recordOf(fields),
    ...(leavesAt === undefined ? {} : { leavesAt }),
    ...(endings === 0 ? {} : { endings }),
    ...addressState(fields.email, before, now),
    createdAt: before?.createdAt ?? now,
    changedAt: now,
  };
}

/** Since when the address is this one, and how often it changed: a link belongs to the address that it was mailed to. */
function addressState(
  email: string | undefined,
  before: Stored<Person> | undefined,
  now: number,
): Pick<Person, 'addresses' | 'addressSince' | 'addressUnvouched'> {
  const same = before !== undefined && fold(email ?? '') === fold(before.email ?? '');
  const changes = (before?.addresses ?? 0) + (before === undefined || same ? 0 : 1);
  const since = same ? before.addressSince : email === undefined ? undefined : now;
  return {
    ...(changes === 0 ? {} : { addresses: changes }),
    ...(since === undefined ? {} : { addressSince: since }),
    ...(same && before.addressUnvouched === true ? { addressUnvouched: true } : {}),
  };
}
