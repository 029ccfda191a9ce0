import { hash } from 'node:crypto';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { namesOf } from '#actions/audit/names.ts';
import { named } from '#actions/named.ts';
import type { Services } from '#actions/services.ts';
import { type AuditDraft, draft, type JsonObject } from '#domain/audit/event.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people, type System } from '#storage/collections.ts';
import type { UnitOfWork } from '#storage/unit-of-work.ts';
import { deviceGrant } from '../clients.ts';
import { type RequestState, stateOf } from '../state.ts';
import { systemOf } from '../systems.ts';
import { keepAwake, noteUse } from './activity.ts';
import { recordRefused } from './refused.ts';
import { endGrantOf } from './reuse.ts';

/** Puts on record what a protocol request did, in the commit of that request. The library's own events never write audit. */
export async function recordOutcome(services: Services, ctx: KoaContextWithOIDC, unit: UnitOfWork): Promise<void> {
  const state = stateOf(unit);
  // No route matched; there is nobody to speak of.
  if (ctx.oidc === undefined) return;
  const system = await systemOf(services, ctx);
  if (state.failure !== undefined && ctx.status < 500) spendNothing(ctx, unit, state);
  if (state.replay !== undefined && isOwner(ctx, state)) await endGrantOf(services, state.origin, state.replay);
  if (state.sessionStarted !== undefined) await recordSession(services, ctx, unit, state, state.sessionStarted);
  if (state.failure !== undefined && ctx.status < 500) {
    // Who turns back where there was no way in was refused at authorize: that is on record already (`entry.denied`).
    const { Interaction: left } = ctx.oidc.entities;
    const kept = left?.prompt.name === 'access' || left?.prompt.name === 'strength';
    const turnedBack = kept && left?.result !== undefined && 'error' in left.result;
    // A device that waits for its person is refused nothing.
    const waits = state.failure.error === 'authorization_pending';
    if (!state.recorded && !turnedBack && !waits)
      await recordRefused(services, state.origin, ctx, system?.id, state.failure.error);
    return;
  }
  const route: unknown = ctx._matchedRouteName;
  if (ctx.oidc.entities.AccessToken?.gty === 'implicit' && route !== 'userinfo')
    await recordImplicit(services, ctx, unit, state, system);
  if (route === 'token' && ctx.status === 200) await recordTokens(services, ctx, unit, state, system);
  if (route === 'revocation' && ctx.status === 200) await recordRevocation(services, ctx, unit, state, system);
}

/**
 * A token request that is refused changes nothing (security.md, "Every refusal"). The library spends the code or rotates the
 * refresh token before it looks at `resource`; one-time marks hold all the same, and so does what refused it.
 */
function spendNothing(ctx: KoaContextWithOIDC, unit: UnitOfWork, state: RequestState): void {
  if (ctx._matchedRouteName !== 'token' || state.recorded) return;
  unit.drop();
  unit.stage({ changes: state.marks });
}

/**
 * A spent code or token ends its grant only when its own client presents it. A public client proves nothing but what it
 * holds, so of a code it has to know the verifier too: a stranger with a leaked code ends nothing.
 */
function isOwner(ctx: KoaContextWithOIDC, state: RequestState): boolean {
  const { client } = ctx.oidc;
  if (client === undefined || client.clientId !== state.replay?.record.client) return false;
  if (state.replay.kind === 'refresh' || client.tokenEndpointAuthMethod !== 'none') return true;
  const verifier: unknown = ctx.oidc.params?.code_verifier;
  return (
    typeof verifier === 'string' && hash('sha256', verifier, 'base64url') === state.replay.record.payload.codeChallenge
  );
}

/** The library saves the session last; what was decided in it (`entry.denied`, a first link) comes after its start. */
async function recordSession(
  services: Services,
  ctx: KoaContextWithOIDC,
  unit: UnitOfWork,
  state: RequestState,
  session: string,
): Promise<void> {
  const id = ctx.oidc.session?.accountId;
  const person = id === undefined ? undefined : await services.store.get(people, id);
  if (person === undefined) return;
  const event = draft(state.origin, 'session.started', 'success', {
    ...asPerson(person),
    session,
    detail: { acr: ctx.oidc.session?.acr ?? '', amr: ctx.oidc.session?.amr ?? [] },
  });
  unit.precede([event]);
}

function asPerson(person: Stored<Person>): Pick<AuditDraft, 'subject' | 'personal'> & { actor: AuditDraft['actor'] } {
  return {
    actor: { kind: 'person', id: person.id },
    subject: { id: person.id },
    personal: { actor: named(person), subject: named(person) },
  };
}

/** A token from the authorization endpoint is entry and issue in one: there is no code to redeem. */
async function recordImplicit(
  services: Services,
  ctx: KoaContextWithOIDC,
  unit: UnitOfWork,
  state: RequestState,
  system: Stored<System> | undefined,
): Promise<void> {
  const { AccessToken: token } = ctx.oidc.entities;
  const person = token === undefined ? undefined : await services.store.get(people, token.accountId);
  if (token === undefined || person === undefined || system === undefined) return;
  const about = {
    system: system.id,
    ...(token.sessionUid === undefined ? {} : { session: token.sessionUid }),
    ...(state.via === undefined ? {} : { via: state.via }),
  };
  const entered = draft(state.origin, 'entry.granted', 'success', { ...about, ...asPerson(person) });
  const issued = draft(state.origin, 'token.issued', 'success', {
    ...about,
    actor: { kind: 'system', id: system.id },
    subject: { id: person.id },
    personal: { subject: named(person) },
    detail: { grant: 'implicit', scope: token.scope ?? '' },
  });
  unit.stage({ changes: [], events: [entered, issued] });
  if (token.sessionUid !== undefined) await noteUse(services, unit, token.sessionUid, system);
}

async function recordTokens(
  services: Services,
  ctx: KoaContextWithOIDC,
  unit: UnitOfWork,
  state: RequestState,
  system: Stored<System> | undefined,
): Promise<void> {
  const { entities, params } = ctx.oidc;
  const source =
    entities.AuthorizationCode ?? entities.DeviceCode ?? entities.RotatedRefreshToken ?? entities.RefreshToken;
  const person = source?.accountId === undefined ? undefined : await services.store.get(people, source.accountId);
  const about = {
    ...(system === undefined ? {} : { system: system.id }),
    ...(source?.sessionUid === undefined ? {} : { session: source.sessionUid }),
  };
  const asSystem = {
    actor: system === undefined ? state.origin.actor : ({ kind: 'system', id: system.id } as const),
    ...(person === undefined ? {} : { subject: { id: person.id }, personal: { subject: named(person) } }),
  };
  const detail = detailOf(ctx);
  const events: AuditDraft[] = [];
  const enters = params?.grant_type === 'authorization_code' || params?.grant_type === deviceGrant;
  if (enters && person !== undefined) {
    const via = state.via === undefined ? {} : { via: state.via };
    events.push(draft(state.origin, 'entry.granted', 'success', { ...about, ...via, ...asPerson(person) }));
    events.push(draft(state.origin, 'token.issued', 'success', { ...about, ...via, ...asSystem, detail }));
  } else if (params?.grant_type === 'refresh_token') {
    events.push(draft(state.origin, 'token.refreshed', 'success', { ...about, ...asSystem, detail }));
    if (source?.sessionUid !== undefined) await keepAwake(services, unit, source.sessionUid);
  } else if (params?.grant_type === 'client_credentials') {
    events.push(draft(state.origin, 'token.issued', 'success', { ...about, ...asSystem, detail }));
  }
  if (source?.sessionUid !== undefined) await noteUse(services, unit, source.sessionUid, system);
  if (events.length > 0) unit.stage({ changes: [], events });
}

function detailOf(ctx: KoaContextWithOIDC): JsonObject {
  const body = ctx.body as { scope?: string; refresh_token?: string; token_type?: string };
  const audience: unknown = ctx.oidc.entities.AccessToken?.aud ?? ctx.oidc.entities.ClientCredentials?.aud;
  return {
    grant: String(ctx.oidc.params?.grant_type),
    scope: body.scope ?? '',
    ...(typeof audience === 'string' ? { audience } : {}),
    ...(body.refresh_token === undefined ? {} : { refreshable: true }),
    ...(body.token_type === 'DPoP' ? { bound: 'dpop' } : {}),
  };
}

async function recordRevocation(
  services: Services,
  ctx: KoaContextWithOIDC,
  unit: UnitOfWork,
  state: RequestState,
  system: Stored<System> | undefined,
): Promise<void> {
  const { AccessToken, RefreshToken, ClientCredentials } = ctx.oidc.entities;
  const token = AccessToken ?? RefreshToken ?? ClientCredentials;
  // RFC 7009, 2.2: an unknown token is answered 200 too; nothing was revoked then.
  if (token === undefined || system === undefined) return;
  const account = AccessToken?.accountId ?? RefreshToken?.accountId;
  const session = AccessToken?.sessionUid ?? RefreshToken?.sessionUid;
  const event = draft(state.origin, 'token.revoked', 'success', {
    actor: { kind: 'system', id: system.id },
    system: system.id,
    ...(account === undefined ? {} : { subject: { id: account } }),
    ...(session === undefined ? {} : { session }),
    detail: { kind: token.kind },
    personal: await namesOf(services, state.origin, account),
  });
  unit.stage({ changes: [], events: [event] });
}
