import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { type UnifyJob, unifyJobs } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import type { Services } from '../../services.ts';

export type Wanted =
  | { readonly kind: 'match' }
  | { readonly kind: 'accept'; readonly take: 'sure' | 'alone'; readonly reason: string; readonly total: number };

/** Is somebody at it, or about to be? */
export function isUnderWay(job: Pick<UnifyJob, 'state'> | undefined): boolean {
  return job?.state === 'waiting' || job?.state === 'running';
}

/** The last job of a unification. */
export function jobOn({ store }: Services, unification: string): Promise<Stored<UnifyJob> | undefined> {
  return store.get(unifyJobs, unification);
}

/** @throws HubError `conflict` while a job is under way */
export async function requireIdle(services: Services, unification: string): Promise<Stored<UnifyJob> | undefined> {
  const last = await jobOn(services, unification);
  if (isUnderWay(last))
    throw new HubError('conflict', 'Work on this unification is under way; wait until it is done, then look again');
  return last;
}

/**
 * The change that asks for a job; of two who ask at the same moment one gets it, the other a conflict of the commit.
 * @throws HubError `conflict` while another is under way
 */
export async function asking(
  services: Services,
  { actor, session, request }: Origin,
  unification: string,
  wanted: Wanted,
): Promise<Change> {
  const last = await requireIdle(services, unification);
  const now = services.clock.now();
  const data: UnifyJob = {
    total: 0,
    ...wanted,
    state: 'waiting',
    run: (last?.run ?? 0) + 1,
    tries: 0,
    actor: { kind: actor.kind, ...(actor.id === undefined ? {} : { id: actor.id }) },
    ...(session === undefined ? {} : { session }),
    ...(request === undefined ? {} : { request }),
    done: 0,
    blocked: 0,
    createdAt: now,
    changedAt: now,
  };
  return last === undefined
    ? { kind: 'insert', collection: unifyJobs, id: unification, data }
    : { kind: 'replace', collection: unifyJobs, id: unification, ifVersion: last.version, data };
}
