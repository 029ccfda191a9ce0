import type { IncomingMessage } from 'node:http';
import type { Services } from '#actions/services.ts';
import { systemByClientId } from '#actions/systems/directory.ts';
import { hashedId } from '#platform/ids.ts';
import { interactions } from '#storage/collections.ts';
import { sessionOf } from './session-cookie.ts';

/**
 * Where a signed-in person goes on from a page of a sign-in that is over (reloaded, bookmarked, sent twice): into the system that it
 * was for, where that is still known and has an address to start at; else to the launchpad. Nothing is granted by it: the system
 * asks as always.
 * @param uid the id in the page's address
 * @returns a path of the hub, or undefined where nobody is signed in
 */
export async function onwardFrom(services: Services, req: IncomingMessage, uid: string): Promise<string | undefined> {
  if ((await sessionOf(services, req)) === undefined) return undefined;
  const record = await services.store.get(interactions, hashedId(uid));
  const known = record !== undefined && (record.expiresAt ?? 0) > services.clock.now() ? record.client : undefined;
  const system = known === undefined ? undefined : await systemByClientId(services, known);
  return system?.launchUri === undefined || !system.enabled ? '/' : `/open/${encodeURIComponent(system.id)}`;
}

/** The id in the address of a page that belongs to an authorization request, or of the way back from it. */
export function uidIn(path: string): string | undefined {
  return /^\/(?:sign-in|consent|no-access|authorize)\/([A-Za-z0-9_-]{20,})(?:\/|$)/.exec(path)?.[1];
}
