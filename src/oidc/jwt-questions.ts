import type { KoaContextWithOIDC } from 'oidc-provider';
import { namesOf } from '#actions/audit/names.ts';
import { keyRing } from '#actions/keys/ring.ts';
import type { Services } from '#actions/services.ts';
import { systemByClientId } from '#actions/systems/directory.ts';
import { draft } from '#domain/audit/event.ts';
import { verifyJwt } from '#platform/jws.ts';
import type { UnitOfWork } from '#storage/unit-of-work.ts';
import { findApiToken, forgettingOf } from './api-tokens.ts';
import { introspectJwt } from './introspection.ts';
import { stateOf } from './state.ts';

/**
 * Introspection and revocation of JWTs. The library authenticates the client and then refuses any JWT
 * (`unsupported_token_type`); these are the hub's own, so the answer is given here.
 */
export async function answerJwtQuestions(services: Services, ctx: KoaContextWithOIDC, unit: UnitOfWork): Promise<void> {
  const state = stateOf(unit);
  const { client, params } = ctx.oidc ?? {};
  if (state.failure?.error !== 'unsupported_token_type' || client === undefined) return;
  if (typeof params?.token !== 'string') return;
  const token: string = params.token;
  state.failure = undefined;
  ctx.status = 200;
  if (ctx._matchedRouteName === 'introspection') {
    ctx.body = await introspectJwt(services, client, token);
    ctx.type = 'json';
    return;
  }
  ctx.body = '';
  await revokeJwt(services, ctx, unit, client.clientId, token);
}

/** Only the client it was issued to may revoke a token (RFC 7009, 2.1); those who check it offline see its end at `exp`. */
async function revokeJwt(
  services: Services,
  ctx: KoaContextWithOIDC,
  unit: UnitOfWork,
  clientId: string,
  token: string,
): Promise<void> {
  const ring = await keyRing(services);
  const { jti } = verifyJwt(token, (kid) => ring.verifier(kid), 'at+jwt')?.claims ?? {};
  const record = typeof jti === 'string' ? await findApiToken(services, jti) : undefined;
  if (typeof jti !== 'string' || record?.client !== clientId) return;
  const system = await systemByClientId(services, clientId);
  const event = draft(stateOf(unit).origin, 'token.revoked', 'success', {
    ...(system === undefined ? {} : { actor: { kind: 'system', id: system.id }, system: system.id }),
    ...(record.account === undefined ? {} : { subject: { id: record.account } }),
    ...(record.session === undefined ? {} : { session: record.session }),
    detail: { kind: 'AccessToken' },
    personal: await namesOf(services, stateOf(unit).origin, record.account),
  });
  unit.stage({ changes: [forgettingOf(jti)], events: [event] });
  ctx.type = 'text';
}
