import type { IncomingMessage } from 'node:http';
import type { Services } from '#actions/services.ts';
import { hashedId } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { people, type SessionRecord, sessions } from '#storage/collections.ts';
import { cookieNames, cookieOf } from './cookies.ts';

/** The live session of the browser that sent this request; that of an ended account is none. */
export async function sessionOf(services: Services, req: IncomingMessage): Promise<Stored<SessionRecord> | undefined> {
  const value = cookieOf(req, cookieNames(services).session);
  if (value === undefined) return undefined;
  const session = await services.store.get(sessions, hashedId(value));
  if (session === undefined || session.endsAt <= services.clock.now()) return undefined;
  const person = await services.store.get(people, session.account);
  return person?.status === 'active' ? session : undefined;
}
