import { personLabel } from '#actions/access/subject.ts';
import { foreseenBreaches } from '#actions/requests/ask.ts';
import type { Services } from '#actions/services.ts';
import type { Stored } from '#storage/collection.ts';
import { type AccessRequest, people } from '#storage/collections.ts';

const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

/** A request as `--json` shows it; of an open one also the separation rules that granting it would newly breach. */
export async function shownRequest(services: Services, one: Stored<AccessRequest>) {
  const person = await services.store.get(people, one.person);
  const breaches = one.state === 'open' ? await foreseenBreaches(services, one) : { prevented: [], accepted: [] };
  return {
    id: one.id,
    version: one.version,
    person: person === undefined ? one.person : personLabel(person),
    role: one.role,
    from: iso(one.from),
    until: iso(one.until),
    reason: one.reason,
    state: one.state,
    digest: one.digest,
    by: one.by,
    at: iso(one.at),
    approvals: one.approvals.filter(({ digest }) => digest === one.digest).length,
    decidedBy: one.decidedBy,
    decision: one.decision,
    separation: [...breaches.prevented, ...breaches.accepted].map(({ rule: { id, mode } }) => ({
      separation: id,
      mode,
    })),
  };
}

/** The same in a line. */
export function requestLine(one: Awaited<ReturnType<typeof shownRequest>>): string {
  const period = [one.from && `from ${one.from}`, one.until && `until ${one.until}`].filter(Boolean).join(' ');
  const breaches = one.separation.map(({ separation, mode }) => `${separation} (${mode})`).join(', ');
  return [one.id, one.state, one.person, one.role, period, one.reason, breaches && `would breach ${breaches}`]
    .filter(Boolean)
    .join('  ');
}
