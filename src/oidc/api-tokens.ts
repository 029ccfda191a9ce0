import type { Services } from '#actions/services.ts';
import { sessionHolds } from '#actions/sessions/session.ts';
import { isActive } from '#domain/people/active.ts';
import { hashedId } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { type Artifact, accessTokens, grants, people, sessions } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';

/** What the hub keeps of a JWT it issued, so that it can be introspected and revoked while others check it offline. */
export interface ApiToken {
  readonly jti: string;
  /** Seconds since 1970. */
  readonly exp: number;
  readonly client: string;
  readonly account?: string | undefined;
  readonly grant?: string | undefined;
  /** Public id of the session. */
  readonly session?: string | undefined;
  /** It came from a token exchange and is not exchanged again. */
  readonly exchanged?: true;
  readonly scope?: string | undefined;
}

const idOf = (jti: string): string => hashedId(`jwt:${jti}`);

export function keepingOf(token: ApiToken): Change {
  return {
    kind: 'insert',
    collection: accessTokens,
    id: idOf(token.jti),
    data: {
      payload: { ...(token.exchanged ? { exchanged: true } : {}), scope: token.scope ?? '' },
      client: token.client,
      ...(token.account === undefined ? {} : { account: token.account }),
      ...(token.grant === undefined ? {} : { grant: token.grant }),
      ...(token.session === undefined ? {} : { session: token.session }),
    },
    expiresAt: token.exp * 1000,
  };
}

export function forgettingOf(jti: string): Change {
  return { kind: 'remove', collection: accessTokens, id: idOf(jti) };
}

/** The record of a JWT that is still good: not revoked, its grant, session and account alive. */
export async function findApiToken(services: Services, jti: string): Promise<Stored<Artifact> | undefined> {
  const record = await services.store.get(accessTokens, idOf(jti));
  return record !== undefined && (await isBacked(services, record)) ? record : undefined;
}

/** Are the grant, the session and the account behind a token alive? */
export async function isBacked(services: Services, record: Artifact): Promise<boolean> {
  const { grant, session, account } = record;
  if (grant !== undefined && (await services.store.get(grants, grant)) === undefined) return false;
  const now = services.clock.now();
  const person = account === undefined ? undefined : await services.store.get(people, account);
  if (account !== undefined && !isActive(person, now)) return false;
  if (session === undefined) return true;
  const found = await services.store.one(sessions, 'uid', session);
  return found !== undefined && sessionHolds(found, person, now);
}
