import { draft, type EventType, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { type AccessRequest, accessRequests, people } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { actorOf } from '../named.ts';
import { about } from '../people/about.ts';
import type { Services } from '../services.ts';
import { checkContent, period } from './ask.ts';
import { digestOf, type RequestContent, shown } from './content.ts';
import { lettersToApprovers } from './letters.ts';

/**
 * Changes what is asked for, by who asked. Approvals of before are of something else now and count no more.
 * @param ifVersion the version that was seen
 * @throws HubError `not-found`, `forbidden`, `invalid`, `conflict` (decided already), `stale`
 */
export async function changeRequest(
  services: Services,
  origin: Origin,
  id: string,
  change: Pick<RequestContent, 'from' | 'until' | 'reason'>,
  ifVersion: number,
): Promise<Stored<AccessRequest>> {
  const { version, ...before } = await ownOpen(services, origin, id, ifVersion);
  const person = await services.store.get(people, before.person);
  if (person === undefined) throw new HubError('not-found');
  const asked = {
    ...{ person: before.person, role: before.role, reason: change.reason.trim() },
    ...period(change.from, change.until),
  };
  await checkContent(services, person, asked);
  const { from: _from, until: _until, id: _id, ...rest } = before;
  const data: AccessRequest = { ...rest, ...asked, digest: digestOf(asked) };
  const letters = await lettersToApprovers(services, origin, person, data);
  await write(services, origin, { id, version, data, before, act: 'access.changed', reason: asked.reason, letters });
  return { ...data, id, version: version + 1 };
}

/**
 * Takes a request back, by who asked.
 * @param ifVersion the version that was seen
 * @throws HubError `not-found`, `forbidden`, `conflict` (decided already), `stale`
 */
export async function withdrawRequest(
  services: Services,
  origin: Origin,
  id: string,
  ifVersion: number,
): Promise<void> {
  const { version, id: _, ...before } = await ownOpen(services, origin, id, ifVersion);
  const { openKey: _key, ...rest } = before;
  const data: AccessRequest = {
    ...rest,
    ...{ state: 'withdrawn', decidedBy: actorOf(origin), decidedAt: services.clock.now() },
  };
  await write(services, origin, { id, version, data, before, act: 'access.withdrawn', reason: undefined });
}

async function ownOpen(services: Services, origin: Origin, id: string, ifVersion: number) {
  const request = await services.store.get(accessRequests, id);
  if (request === undefined) throw new HubError('not-found');
  const actor = actorOf(origin);
  if (actor !== request.by && actor !== `person:${request.person}`)
    throw new HubError('forbidden', 'Only who asked changes or withdraws a request');
  requireOpen(request, services.clock.now());
  if (request.version !== ifVersion) throw new HubError('stale');
  return request;
}

/** @throws HubError `conflict` */
export function requireOpen(request: AccessRequest, now: number): void {
  if (request.state !== 'open') throw new HubError('conflict', `The request is ${request.state} already`);
  if (request.openUntil <= now) throw new HubError('conflict', 'The request has run out; ask again');
}

async function write(
  services: Services,
  origin: Origin,
  given: {
    readonly id: string;
    readonly version: number;
    readonly data: AccessRequest;
    readonly before: AccessRequest;
    readonly act: EventType;
    readonly reason: string | undefined;
    readonly letters?: readonly Change[];
  },
): Promise<void> {
  const { id, version, data, before, act, reason, letters = [] } = given;
  const person = await services.store.get(people, data.person);
  const who = person === undefined ? undefined : await about(services, origin, person);
  const event = draft(origin, act, 'success', {
    subject: { id: data.person },
    before: shown(id, before),
    ...(reason === undefined ? {} : { after: shown(id, data) }),
    personal: { ...who?.personal, ...(reason === undefined ? {} : { detail: { reason } }) },
  });
  try {
    await services.store.write({
      changes: [{ kind: 'replace', collection: accessRequests, id, data, ifVersion: version }, ...letters],
      events: [event],
    });
  } catch (error) {
    throw error instanceof CommitConflict ? new HubError('stale', undefined, { cause: error }) : error;
  }
}
