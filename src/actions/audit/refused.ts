import type { Services } from '#actions/services.ts';
import { draft, type Origin } from '#domain/audit/event.ts';
import { folded } from './folded.ts';
import { namesOf } from './names.ts';

export interface Refusal {
  /** A stable code: of the hub's error table or an OAuth error. */
  readonly error: string;
  /** Method and path template, never the address itself. */
  readonly endpoint: string;
  readonly system?: string;
  readonly subject?: { readonly id: string };
}

/**
 * Records `request.refused`. Refusals of one cause by one actor are folded, so that a flood of them is no flood of records; the
 * first carries no count.
 */
export async function recordRefusal(services: Services, origin: Origin, refusal: Refusal): Promise<void> {
  const { kind, id } = origin.actor;
  const { error, endpoint, system, subject } = refusal;
  const key = JSON.stringify(['request.refused', kind, id, error, endpoint, system, subject?.id]);
  const personal = await namesOf(services, origin, subject?.id);
  const event = await folded(services, key, (count) =>
    draft(origin, 'request.refused', 'denied', {
      ...(system === undefined ? {} : { system }),
      ...(subject === undefined ? {} : { subject }),
      detail: { error, endpoint, ...(count === 1 ? {} : { count }) },
      personal,
    }),
  );
  if (event !== undefined) await services.store.write({ changes: [], events: [event] });
}
