import type { IncomingMessage, ServerResponse } from 'node:http';
import { effectiveAccess } from '#actions/access/effective.ts';
import type { Services } from '#actions/services.ts';
import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { type HubPermission, hubScopes } from '#domain/hub-roles.ts';
import type { Caller } from '../route.ts';

/** The ways in, given by the rooms that own them: bearer tokens, the hub's session, its CSRF token. */
export interface Doors {
  /** The system whose live client-credentials token the Authorization header holds, and the token's scopes. */
  bearer(req: IncomingMessage): Promise<{ readonly client: string; readonly scopes: readonly string[] } | undefined>;
  signedIn(
    req: IncomingMessage,
    res: ServerResponse,
  ): Promise<{ uid: string; personId: string; authTime: number; amr: readonly string[] } | undefined>;
  /** Does the request carry the CSRF token of this session (header `x-csrf-token`)? */
  csrfHolds(req: IncomingMessage, res: ServerResponse): boolean;
  /** Request id, network address and agent, as every event carries them. */
  whence(req: IncomingMessage, res: ServerResponse): Omit<Origin, 'actor'>;
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Who is asking. An Authorization header decides alone: a bad token never falls back to a cookie that came along.
 * @throws HubError not-signed-in, bad-token (401)
 */
export async function authenticate(
  services: Services,
  doors: Doors,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<Caller> {
  if (req.headers.authorization !== undefined) return ofToken(doors, req, res);
  const session = await doors.signedIn(req, res);
  if (session === undefined) throw new HubError('not-signed-in');
  const access = await effectiveAccess(services, session.personId);
  return {
    kind: 'person',
    id: session.personId,
    permissions: access.hub,
    rights: access.hubRights,
    authTime: session.authTime,
    amr: session.amr,
    origin: { ...doors.whence(req, res), actor: { kind: 'person', id: session.personId }, session: session.uid },
  };
}

/**
 * A cookie travels by itself, so a change asks for the CSRF token too; a bearer token is proof enough.
 * @throws HubError cross-site (403)
 */
export function checkCrossSite(doors: Doors, caller: Caller, req: IncomingMessage, res: ServerResponse): void {
  if (caller.kind === 'token' || safeMethods.has(req.method ?? '')) return;
  if (!doors.csrfHolds(req, res)) throw new HubError('cross-site');
}

async function ofToken(doors: Doors, req: IncomingMessage, res: ServerResponse): Promise<Caller> {
  const token = await doors.bearer(req);
  if (token === undefined) throw new HubError('bad-token');
  const permissions = new Set(token.scopes.flatMap(permissionsOf));
  return {
    kind: 'token',
    id: token.client,
    permissions,
    rights: { everywhere: permissions, limited: new Map() },
    origin: { ...doors.whence(req, res), actor: { kind: 'system', id: token.client } },
  };
}

function permissionsOf(scope: string): readonly HubPermission[] {
  return Object.hasOwn(hubScopes, scope) ? hubScopes[scope as keyof typeof hubScopes] : [];
}
