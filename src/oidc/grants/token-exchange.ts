import { errors, type Provider, type TokenEndpointGrantContext } from 'oidc-provider';
import { effectiveAccess } from '#actions/access/effective.ts';
import { keyRing } from '#actions/keys/ring.ts';
import { linkAtOnce } from '#actions/links/link-for.ts';
import { named } from '#actions/named.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import type { Services } from '#actions/services.ts';
import { systemDirectory } from '#actions/systems/directory.ts';
import { draft, type Origin } from '#domain/audit/event.ts';
import { isActive } from '#domain/people/active.ts';
import { delegatedTo } from '#domain/policy/delegated.ts';
import { randomToken } from '#platform/ids.ts';
import { signJwt } from '#platform/jws.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people, type System } from '#storage/collections.ts';
import { unitOf } from '../adapter/context.ts';
import { keepingOf } from '../api-tokens.ts';
import { tokenExchange } from '../clients.ts';
import { apiTokenCeiling } from '../resources.ts';
import { boundKey } from './bound-key.ts';
import { readSubjectToken, type SubjectToken } from './subject-token.ts';

interface Params {
  subject_token?: string;
  subject_token_type?: string;
  requested_token_type?: string;
  audience?: string;
  resource?: string;
  scope?: string;
  actor_token?: string;
  actor_token_type?: string;
}

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';
const jwtType = 'urn:ietf:params:oauth:token-type:jwt';

/**
 * Token exchange (RFC 8693): a system calls another's API in a person's name. What it gets is the written delegation cut
 * by that person's own rights in the target; `act` names the calling system and cannot be supplied.
 */
export function registerTokenExchange(services: Services, provider: Provider): void {
  const params = [
    'subject_token',
    'subject_token_type',
    'requested_token_type',
    'audience',
    'resource',
    'scope',
    'actor_token',
    'actor_token_type',
  ];
  provider.registerGrantType<Params>(tokenExchange, (ctx) => exchange(services, provider, ctx), params);
}

async function exchange(services: Services, provider: Provider, ctx: TokenEndpointGrantContext<Params>): Promise<void> {
  const { params, client } = ctx.oidc;
  const directory = await systemDirectory(services);
  const caller = directory.byClientId.get(client.clientId);
  if (caller === undefined) throw new errors.UnauthorizedClient('not a system');
  const audience = checkParams(params);
  const subject = await readSubjectToken(services, provider, client.clientId, params.subject_token ?? '');
  const person = await services.store.get(people, subject.account);
  if (!isActive(person, services.clock.now())) throw new errors.InvalidGrant('the account is not active');
  const { state, unit } = unitOf(services);
  const origin: Origin = { ...state.origin, actor: { kind: 'system', id: caller.id } };
  const about = {
    subject: { id: person.id },
    via: caller.id,
    ...(subject.session === undefined ? {} : { session: subject.session }),
    personal: { subject: named(person) },
  };
  const target = directory.byAudience.get(audience);
  try {
    if (target === undefined || !target.enabled) throw new errors.InvalidTarget('no API has this audience');
    const key = await boundKey(provider, ctx, subject.key);
    const permissions = await delegated(services, caller, target, person, params.scope);
    ctx.body = await answer(services, origin, { caller, target, person, subject, permissions, audience, key });
    const event = draft(origin, 'delegated.granted', 'success', {
      ...about,
      system: target.id,
      detail: { permissions: [...permissions], ...(key === undefined ? {} : { bound: 'dpop' }) },
    });
    unit.stage({ changes: [], events: [event] });
  } catch (error) {
    if (!(error instanceof errors.OIDCProviderError)) throw error;
    state.recorded = true;
    const event = draft(origin, 'delegated.denied', 'denied', {
      ...about,
      ...(target === undefined ? {} : { system: target.id }),
      detail: { error: error.error, ...(target === undefined ? { audience } : {}) },
    });
    unit.stage({ changes: [], events: [event] });
    throw error;
  }
}

/** @returns the audience asked for. */
function checkParams(params: Params): string {
  if (!params.subject_token) throw new errors.InvalidRequest("missing required parameter 'subject_token'");
  if (params.subject_token_type !== accessTokenType) {
    throw new errors.InvalidRequest(`subject_token_type must be ${accessTokenType}`);
  }
  if (params.actor_token !== undefined || params.actor_token_type !== undefined) {
    throw new errors.InvalidRequest('the actor is the calling system; actor_token is not taken');
  }
  const { requested_token_type: requested } = params;
  if (requested !== undefined && requested !== accessTokenType && requested !== jwtType) {
    throw new errors.InvalidRequest('only access tokens are issued here');
  }
  const { audience, resource } = params;
  if (audience !== undefined && resource !== undefined && audience !== resource) {
    throw new errors.InvalidTarget('audience and resource name different targets');
  }
  const named = audience ?? resource;
  if (named === undefined) throw new errors.InvalidTarget('audience or resource has to name the target');
  return named;
}

/** Delegation ∩ the person's own rights in the target ∩ what `scope` asks for. */
async function delegated(
  services: Services,
  caller: Stored<System>,
  target: Stored<System>,
  person: Stored<Person>,
  scope: string | undefined,
): Promise<readonly string[]> {
  const { document } = (await policyInForce(services)).compiled;
  const own = (await effectiveAccess(services, person)).systems.get(target.id)?.permissions ?? [];
  const { written, permissions: allowed } = delegatedTo(document, caller.id, target.id, own);
  if (!written) throw new errors.InvalidTarget('no delegation from this system to that one is written');
  const asked = scope === undefined || scope === '' ? undefined : new Set(scope.split(' '));
  const permissions = allowed.filter((permission) => asked?.has(permission) ?? true);
  if (permissions.length === 0) throw new errors.InvalidScope('nothing is left of what was asked for', scope ?? '');
  return permissions;
}

async function answer(
  services: Services,
  origin: Origin,
  made: {
    caller: Stored<System>;
    target: Stored<System>;
    person: Stored<Person>;
    subject: SubjectToken;
    permissions: readonly string[];
    audience: string;
    key: string | undefined;
  },
): Promise<Record<string, unknown>> {
  const { caller, target, person, subject, permissions, audience, key } = made;
  const link = await linkAtOnce(services, origin, person, target);
  const now = Math.floor(services.clock.now() / 1000);
  const lifetime = Math.floor(Math.min(apiTokenCeiling, services.settings.lifetimes.accessToken) / 1000);
  const jti = randomToken();
  const scope = permissions.join(' ');
  const claims = {
    iss: services.settings.issuer,
    sub: link.sub,
    aud: audience,
    client_id: caller.clientId,
    act: { sub: caller.id },
    permissions,
    scope,
    ...(key === undefined ? {} : { cnf: { jkt: key } }),
    jti,
    iat: now,
    exp: now + lifetime,
  };
  const kept = keepingOf({
    jti,
    exp: claims.exp,
    client: caller.clientId,
    account: person.id,
    grant: subject.grant,
    session: subject.session,
    exchanged: true,
    scope,
  });
  unitOf(services).unit.stage({ changes: [kept] });
  const signer = (await keyRing(services)).signer(target.idTokenAlg);
  return {
    access_token: signJwt(signer, { typ: 'at+jwt' }, claims),
    issued_token_type: accessTokenType,
    token_type: key === undefined ? 'Bearer' : 'DPoP',
    expires_in: lifetime,
    scope,
  };
}
