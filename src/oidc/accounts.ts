import type { Account, Client, KoaContextWithOIDC } from 'oidc-provider';
import { effectiveAccess } from '#actions/access/effective.ts';
import { findLink } from '#actions/links/link-for.ts';
import type { Services } from '#actions/services.ts';
import { systemByClientId } from '#actions/systems/directory.ts';
import { claimsWithin, scopeFor } from '#domain/claims/claims.ts';
import { claimOverrides } from '#domain/claims/overrides.ts';
import { isActive } from '#domain/people/active.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people } from '#storage/collections.ts';
import { hubClientId } from './hub-client.ts';
import { releasing } from './released-claims.ts';
import { stateOf } from './state.ts';

/** The account behind a session or token; a disabled or vanished one is none. */
export async function findAccount(
  services: Services,
  ctx: KoaContextWithOIDC,
  id: string,
): Promise<Account | undefined> {
  const person = await services.store.get(people, id);
  if (!isActive(person, services.clock.now())) return undefined;
  const unit = services.store.current();
  if (unit !== undefined) stateOf(unit).accounts.set(id, person);
  return {
    accountId: person.id,
    claims: async (use, scope, asked) => {
      const client = ctx.oidc.client;
      if (client === undefined || client.clientId === hubClientId) return { sub: person.id };
      return claimsFor(services, ctx, person, client, { use, scopes: new Set(scope.split(' ')), asked });
    },
  };
}

interface Release {
  readonly use: string;
  readonly scopes: ReadonlySet<string>;
  /** What the request's `claims` parameter asks for here (OpenID Connect Core 1.0, 5.5). */
  readonly asked: object | undefined;
}

/**
 * What a system receives of a person (contract.md, "Claims a system receives"): as the scopes allow, as its module allows,
 * and of permissions only its own. A claim that is asked for by name needs no scope; a third party gets it within what was
 * consented to. The e-mail is for userinfo (OpenID Connect Core 1.0, 5.4), unless the ID token is all that the product reads.
 */
async function claimsFor(
  services: Services,
  ctx: KoaContextWithOIDC,
  person: Stored<Person>,
  client: Client,
  { use, scopes, asked = {} }: Release,
): Promise<{ sub: string; [claim: string]: string | string[] | boolean | undefined | null }> {
  const system = await systemByClientId(services, client.clientId);
  const link = system === undefined ? undefined : await findLink(services, person.id, system.id);
  if (system === undefined || link === undefined) throw new Error('an entry without a link');
  const held = (await effectiveAccess(services, person)).systems.get(system.id)?.claims ?? {};
  const overrides = claimOverrides(system.settings);
  const all = (system.settings.idTokenClaims ?? services.modules.get(system.provider)?.idTokenClaims) === 'all';
  const within = all || use !== 'id_token' ? scopes : scopes.difference(new Set(['email']));
  const released = claimsWithin(held, within, overrides);
  const consented = ctx.oidc.entities.Grant?.getOIDCClaims() ?? [];
  for (const name of Object.keys(asked)) {
    const allowed = system.firstParty || scopes.has(scopeFor(name, overrides)) || consented.includes(name);
    if (allowed && Object.hasOwn(held, name)) released[name] = held[name];
  }
  return { ...releasing(released), sub: person.id };
}

/** `sub` as the system knows it: the link's, which was made at the first entry (contract.md, "Protocol rules"). */
export async function subjectFor(services: Services, person: string, client: Client): Promise<string> {
  if (client.clientId === hubClientId) return person;
  const system = await systemByClientId(services, client.clientId);
  const link = system === undefined ? undefined : await findLink(services, person, system.id);
  // Before the first entry a hint cannot match: no link's sub looks like this.
  return link?.sub ?? '(none yet)';
}
