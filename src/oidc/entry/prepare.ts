import type { KoaContextWithOIDC } from 'oidc-provider';
import { linkFor } from '#actions/links/link-for.ts';
import type { Services } from '#actions/services.ts';
import { acrOf } from '#domain/assurance.ts';
import { people, type System } from '#storage/collections.ts';
import { unitOf } from '../adapter/context.ts';
import { systemOf } from '../systems.ts';
import { clearVia, readVia } from '../via.ts';
import { claimsAsked } from './claims-asked.ts';
import { givenWithoutAsking } from './scope.ts';
import { acrToTell } from './strength.ts';

/**
 * The entry as it is about to happen: the link (with its `sub`) at the first one, the one grant per session and system with
 * what is asked for now, and where the person comes from. All staged; the code follows in the same commit.
 */
export async function prepareEntry(services: Services, ctx: KoaContextWithOIDC): Promise<void> {
  const { client, grant, account, session } = ctx.oidc;
  if (client === undefined || grant === undefined || account === undefined || session === undefined) return;
  const { state } = unitOf(services);
  const system = await systemOf(services, ctx);
  if (system !== undefined) {
    const person = await services.store.get(people, account.accountId);
    if (person === undefined) return;
    const origin = { ...state.origin, actor: { kind: 'person', id: person.id } as const, session: session.uid };
    await linkFor(services, origin, person, system);
    state.via = readVia(services, ctx.req, system.id);
    if (state.via !== undefined) clearVia(services, ctx.res, system.id);
  }
  const tell = acrToTell(ctx);
  if (tell !== undefined) Object.defineProperty(ctx.oidc, 'acr', { value: acrOf(tell) });
  if (system === undefined || system.firstParty) await grantAll(ctx, system);
  const own = session as unknown as {
    ensureClientContainer(client: string): void;
    grantIdFor(client: string, grant: string): void;
  };
  own.ensureClientContainer(client.clientId);
  own.grantIdFor(client.clientId, grant.jti);
}

/** A first party gets what it asks for; the grant is saved only when that is more than before. */
async function grantAll(ctx: KoaContextWithOIDC, system: System | undefined): Promise<void> {
  const { grant } = ctx.oidc;
  if (grant === undefined) return;
  const known = new Set(grant.getOIDCScope().split(' '));
  const missing = givenWithoutAsking(ctx, system).filter((scope) => !known.has(scope));
  if (missing.length > 0) grant.addOIDCScope(missing.join(' '));
  const held = new Set(grant.getOIDCClaims());
  const asked =
    system === undefined ? [] : claimsAsked(ctx.oidc.params ?? {}, system).filter(({ claim }) => !held.has(claim));
  if (asked.length > 0) grant.addOIDCClaims(asked.map(({ claim }) => claim));
  let changed = missing.length > 0 || asked.length > 0 || grant.jti === undefined;
  for (const [resource, server] of Object.entries(ctx.oidc.resourceServers ?? {})) {
    const granted = new Set(grant.getResourceScope(resource).split(' '));
    const wanted = [...server.scopes].filter((scope) => ctx.oidc.requestParamScopes.has(scope) && !granted.has(scope));
    if (wanted.length === 0) continue;
    grant.addResourceScope(resource, wanted.join(' '));
    changed = true;
  }
  if (changed) await grant.save();
}
