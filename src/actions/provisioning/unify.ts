import { stringify } from 'csv-stringify/sync';
import type { Origin } from '#domain/audit/event.ts';
import type { Account } from '#domain/provisioning/account.ts';
import type { Stored } from '#storage/collection.ts';
import type { UnificationRecord } from '#storage/collections.ts';
import type { Services } from '../services.ts';
import { type NewFile, startUnification } from '../unify/start.ts';
import { asked } from './plan.ts';
import { everyAccount } from './read.ts';
import { getTarget, openConnector } from './target.ts';

/**
 * Starts a unification with the accounts that two products have now, read by their connectors: no export by hand is needed.
 * @throws HubError `not-found`, `not-provisioned`, `product-away`, `invalid`
 */
export async function unifyAccounts(
  services: Services,
  origin: Origin,
  systems: { readonly crm: string; readonly erp: string },
): Promise<Stored<UnificationRecord>> {
  const [crm, erp] = await Promise.all([accountsAsFile(services, systems.crm), accountsAsFile(services, systems.erp)]);
  return startUnification(services, origin, { systems, files: { crm, erp } });
}

async function accountsAsFile(services: Services, system: string): Promise<NewFile> {
  const target = await getTarget(services, system);
  const accounts = await asked(() => everyAccount(openConnector(services, target)));
  return { name: `${system}.csv`, bytes: Buffer.from(csvOf(accounts)) };
}

/** Columns by the names that a unification knows. */
function csvOf(accounts: readonly Account[]): string {
  const own = accounts.filter(({ reserved }) => reserved !== true);
  const rows = own.map(({ id, login, name = '', email = '', active }) => [
    id,
    login,
    name,
    email,
    active ? 'active' : 'disabled',
  ]);
  return stringify([['id', 'login', 'name', 'email', 'status'], ...rows]);
}
