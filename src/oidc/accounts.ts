import type { Account, Client, KoaContextWithOIDC } from 'oidc-provider';
import { effectiveAccess } from '#actions/access/effective.ts';
import { findLink } from '#actions/links/link-for.ts';
import type { Services } from '#actions/services.ts';
import { systemByClientId } from '#actions/systems/directory.ts';
import { claimsWithin } from '#domain/claims/claims.ts';
import { isActive } from '#domain/people/active.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people } from '#storage/collections.ts';
import { hubClientId } from './hub-client.ts';
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
    claims: async (_use, scope) => {
      const client = ctx.oidc.client;
      if (client === undefined || client.clientId === hubClientId) return { sub: person.id };
      return claimsFor(services, person, client, new Set(scope.split(' ')));
    },
  };
}

/**
 * What a system receives of a person (contract.md, "Claims a system receives"): as the scopes allow, as its module allows,
 * and of permissions only its own.
 */
async function claimsFor(
  services: Services,
  person: Stored<Person>,
  client: Client,
  scopes: ReadonlySet<string>,
): Promise<{ sub: string; [claim: string]: string | string[] | boolean | undefined | null }> {
  const system = await systemByClientId(services, client.clientId);
  const link = system === undefined ? undefined : await findLink(services, person.id, system.id);
  if (system === undefined || link === undefined) throw new Error('an entry without a link');
  const held = (await effectiveAccess(services, person)).systems.get(system.id);
  return { ...claimsWithin(held?.claims ?? {}, scopes), sub: person.id };
}

/** `sub` as the system knows it: the link's, which was made at the first entry (contract.md, "Protocol rules"). */
export async function subjectFor(services: Services, person: string, client: Client): Promise<string> {
  if (client.clientId === hubClientId) return person;
  const system = await systemByClientId(services, client.clientId);
  const link = system === undefined ? undefined : await findLink(services, person, system.id);
  // Before the first entry a hint cannot match: no link's sub looks like this.
  return link?.sub ?? '(none yet)';
}
