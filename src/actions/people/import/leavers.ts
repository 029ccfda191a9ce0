import { HubError } from '#domain/errors.ts';
import { fieldsOf } from '#domain/people/record.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people } from '#storage/collections.ts';
import { everyRecord } from '../../access/reading.ts';
import { personLabel } from '../../access/subject.ts';
import { glassAccountId } from '../../break-glass/account-id.ts';
import { isWithin, requireReach } from '../rights.ts';
import type { Plan, PlannedRow } from './plan.ts';

/** Above this share of the active people a file without them takes a word more: it may be half a file. */
export const leaversShare = 0.1;

/** Who is active and not in the file. */
export interface Leavers {
  readonly rows: readonly PlannedRow[];
  /** Active people before. */
  readonly active: number;
  /** More than a tenth of them would leave. */
  readonly many: boolean;
  /** Missing from the file and staying all the same: whoever loads it, owners nobody may take, people out of reach. */
  readonly spared: readonly { readonly id: string; readonly person: string; readonly why: SparedWhy }[];
}

export type SparedWhy = 'you' | 'last-owner' | 'out-of-reach';

/** Everybody whom no row of the file met. The rows have been planned. */
export async function leaversOf(plan: Plan): Promise<Leavers> {
  const rows: PlannedRow[] = [];
  const spared: { id: string; person: string; why: SparedWhy }[] = [];
  let active = 0;
  for await (const person of everyRecord(plan.services.store, people, { where: { status: 'active' } })) {
    if (!isWithin(plan.origin, person)) continue;
    active += 1;
    if (plan.met.has(person.id)) continue;
    const why = await sparedWhy(plan, person);
    if (why === undefined) rows.push(leaving(person));
    else spared.push({ id: person.id, person: personLabel(person), why });
  }
  return { rows, active, many: rows.length > active * leaversShare, spared };
}

async function sparedWhy({ services, origin, holders, owners }: Plan, person: Stored<Person>) {
  if (origin.actor.kind === 'person' && origin.actor.id === person.id) return 'you';
  if (!holders.has(person.id)) return undefined;
  // No list of people ever names the account in the envelope.
  if (person.id === (await glassAccountId(services))) return 'out-of-reach';
  const out = await requireReach(services, origin, person).then(
    () => false,
    (fault: unknown) => {
      if (fault instanceof HubError) return true;
      throw fault;
    },
  );
  if (out) return 'out-of-reach';
  if (owners.delete(person.id) && owners.size === 0) {
    owners.add(person.id);
    return 'last-owner';
  }
  return undefined;
}

function leaving(before: Stored<Person>): PlannedRow {
  const row = { kind: 'row', line: 0, patch: { status: 'disabled' } } as const;
  const fields = { ...fieldsOf(before), status: 'disabled' } as const;
  return { kind: 'leave', row, fields, before, givesPassword: false, accepted: [] };
}

/** @throws HubError `conflict` when so many would leave that it takes a word more, and nobody said it */
export function requireFew(leavers: Leavers | undefined, confirmed: boolean): void {
  if (leavers === undefined || !leavers.many || confirmed) return;
  const { rows, active } = leavers;
  const message = `${rows.length} of ${active} active people are missing from the file and would leave; is it the whole file?`;
  throw new HubError('conflict', message, { faults: [{ path: 'confirmLeavers', message: `confirm it: ${message}` }] });
}
