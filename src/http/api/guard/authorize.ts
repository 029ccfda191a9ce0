import type { ServerResponse } from 'node:http';
import { recordRefusal } from '#actions/audit/refused.ts';
import { credentialsOf, hasSecondFactor } from '#actions/factors/credentials.ts';
import { adminGraceUntil } from '#actions/factors/grace.ts';
import type { Services } from '#actions/services.ts';
import { assuranceBy, glassMethod, reaches } from '#domain/assurance.ts';
import { HubError } from '#domain/errors.ts';
import { type HubPermission, hubScopes } from '#domain/hub-roles.ts';
import { admission } from '#domain/hub-scope.ts';
import { isFresh } from '#http/middleware/fresh.ts';
import { people } from '#storage/collections.ts';
import type { Caller, Route } from '../route.ts';

/**
 * @returns the caller as this route meets them: with what they may do here, and whose departments it keeps to
 * @throws HubError forbidden, fresh-sign-in-required (403); not-found for a person outside of the departments of a limited right
 */
export async function authorize(
  services: Services,
  caller: Caller,
  route: Route,
  params: () => Readonly<Record<string, string>>,
): Promise<Caller> {
  const person = route.departments === 'person' ? await services.store.get(people, params().id ?? '') : undefined;
  const admitted = admission(route, caller.rights, person);
  if (admitted === 'forbidden') throw new HubError('forbidden', `This takes ${route.permission}`);
  if (admitted === 'elsewhere') {
    const refusal = { error: 'forbidden', endpoint: `${route.method} /api/v1${route.path}` };
    await recordRefusal(services, caller.origin, { ...refusal, ...(person ? { subject: { id: person.id } } : {}) });
    throw new HubError('not-found');
  }
  const { permissions, within } = admitted;
  const narrowed = {
    ...caller,
    permissions,
    origin: { ...caller.origin, ...(within === undefined ? {} : { within }) },
  };
  if (route.fresh === true) await requireFresh(services, narrowed);
  return narrowed;
}

/**
 * A person's session is as good here as in the console: with a second factor, or within the grace for setting one up.
 * @throws HubError stronger-sign-in-required
 */
export async function requireStrength(services: Services, { id, kind, amr }: Caller): Promise<void> {
  if (kind === 'token' || amr?.includes(glassMethod) || reaches(assuranceBy(amr ?? []), 'mfa')) return;
  const has = hasSecondFactor(await credentialsOf(services, id));
  if (has || services.clock.now() >= (await adminGraceUntil(services, id)))
    throw new HubError('stronger-sign-in-required');
}

/** For acts whose danger shows only in their body. @throws HubError fresh-sign-in-required; a token is always fresh. */
export async function requireFresh(
  services: Services,
  { id, authTime, amr }: Pick<Caller, 'id' | 'authTime' | 'amr'>,
): Promise<void> {
  if (authTime === undefined) return;
  if (!(await isFresh(services, { personId: id, authTime, amr: amr ?? [] })))
    throw new HubError('fresh-sign-in-required');
}

/** Tells a token's holder what was wrong (RFC 6750, section 3). */
export function challenge(res: ServerResponse, error: HubError, needed: HubPermission | undefined): void {
  if (error.status !== 401 && error.code !== 'forbidden') return;
  const scope = needed === undefined || hubScopes['hub:read'].includes(needed) ? 'hub:read' : 'hub:admin';
  const about = {
    'bad-token': ', error="invalid_token"',
    forbidden: `, error="insufficient_scope", scope="${scope}"`,
    'not-signed-in': '',
  }[error.code as string];
  if (about !== undefined) res.setHeader('www-authenticate', `Bearer realm="gatehouse"${about}`);
}
