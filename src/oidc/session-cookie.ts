import type { IncomingMessage } from 'node:http';
import type { Services } from '#actions/services.ts';
import { sessionHolds } from '#actions/sessions/session.ts';
import { hashedId } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { people, type SessionRecord, sessions } from '#storage/collections.ts';
import { cookieNames, cookieOf } from './cookies.ts';

/** Id of the record of the session that this browser claims to have. */
export function sessionIdOf(services: Services, req: IncomingMessage): string | undefined {
  const value = cookieOf(req, cookieNames(services).session);
  return value === undefined ? undefined : hashedId(value);
}

/** The live session of the browser that sent this request; that of an ended account is none. */
export async function sessionOf(services: Services, req: IncomingMessage): Promise<Stored<SessionRecord> | undefined> {
  const id = sessionIdOf(services, req);
  if (id === undefined) return undefined;
  const session = await services.store.get(sessions, id);
  if (session === undefined) return undefined;
  const person = await services.store.get(people, session.account);
  return sessionHolds(session, person, services.clock.now()) ? session : undefined;
}
