import type { Stored } from '#storage/collection.ts';
import { grants, links, outbox, type System } from '#storage/collections.ts';
import { everyRecord } from '../access/reading.ts';
import { policyInForce } from '../policy/in-force.ts';
import type { Services } from '../services.ts';

/** What hangs on a system: what the policy says of it, and who uses it now. */
export interface Dependents {
  /** Roles that grant something there. */
  readonly roles: readonly { readonly id: string; readonly title: string; readonly permissions: readonly string[] }[];
  readonly delegations: readonly { readonly from: string; readonly to: string }[];
  /** Ids of separation rules that name one of its permissions. */
  readonly separations: readonly string[];
  /** People who are in it now. */
  readonly entries: number;
  /** Logins and identifiers that people have there. */
  readonly links: number;
  /** Sign-out messages that have not arrived yet. */
  readonly deliveries: number;
}

/** Read before a system is removed or switched off. */
export async function dependentsOf(services: Services, system: Stored<System>): Promise<Dependents> {
  const { store } = services;
  const { compiled } = await policyInForce(services);
  const { document } = compiled;
  const roles = [...document.roles].flatMap(([id, role]) => {
    const permissions = role.grants.get(system.id) ?? [];
    return permissions.length === 0 ? [] : [{ id, title: role.title, permissions }];
  });
  let entries = 0;
  for await (const one of everyRecord(store.engine, grants)) if (one.client === system.clientId) entries += 1;
  const [linked, failed, waiting] = await Promise.all([
    store.count(links, { system: system.id }),
    store.count(outbox, { system: system.id, status: 'failed' }),
    store.count(outbox, { system: system.id, status: 'waiting' }),
  ]);
  return {
    roles,
    delegations: document.delegations
      .filter(({ from, to }) => from === system.id || to === system.id)
      .map(({ from, to }) => ({ from, to })),
    separations: document.separation
      .filter(({ conflict }) => conflict.some((entry) => entry.system === system.id))
      .map(({ id }) => id),
    entries,
    links: linked,
    deliveries: failed + waiting,
  };
}
