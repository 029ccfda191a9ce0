import type { Stored } from '#storage/collection.ts';
import {
  outbox,
  type ProvisionDelivery,
  type ProvisionedAccount,
  type ProvisioningState,
  provisionedAccounts,
  provisioningStates,
} from '#storage/collections.ts';
import { everyRecord } from '../access/reading.ts';
import type { Services } from '../services.ts';
import { getSystem } from '../systems/list.ts';
import { type Target, targetOf } from './target.ts';

/** How far provisioning of a system is. */
export interface ProvisioningStatus {
  readonly target: Target | undefined;
  readonly state: ProvisioningState;
  /** Deliveries that wait, were carried in the last 30 days, or were given up after 24 hours. */
  readonly waiting: number;
  readonly carried: number;
  readonly failed: number;
}

/** @throws HubError `not-found` */
export async function provisioningStatus(services: Services, system: string): Promise<ProvisioningStatus> {
  const { store } = services;
  const count = (status: string) => store.count(outbox, { kind: 'provision', system, status });
  const [record, state, waiting, carried, failed] = await Promise.all([
    getSystem(services, system),
    store.engine.get(provisioningStates, system),
    count('waiting'),
    count('delivered'),
    count('failed'),
  ]);
  return { target: targetOf(services, record), state: state ?? {}, waiting, carried, failed };
}

/** Those who wait after an attempt in vain, and those who were given up; at most so many. */
export async function troubled(services: Services, system: string, most: number): Promise<Stored<ProvisionDelivery>[]> {
  const found: Stored<ProvisionDelivery>[] = [];
  for (const status of ['failed', 'waiting']) {
    const page = await services.store.find(outbox, { where: { kind: 'provision', system, status }, limit: 1000 });
    for (const one of page.items)
      if (one.kind === 'provision' && one.lastError !== undefined && found.length < most) found.push(one);
  }
  return found;
}

/** A person's accounts in the products, as they were read last. */
export async function accountsOfPerson(services: Services, person: string): Promise<Stored<ProvisionedAccount>[]> {
  return Array.fromAsync(everyRecord(services.store, provisionedAccounts, { where: { person } }));
}

/** Accounts of a system that differed from the policy when they were read last; at most so many. */
export async function driftedAccounts(
  services: Services,
  system: string,
  most: number,
): Promise<Stored<ProvisionedAccount>[]> {
  const found: Stored<ProvisionedAccount>[] = [];
  for await (const one of everyRecord(services.store, provisionedAccounts, { where: { system } })) {
    if (one.drift !== undefined) found.push(one);
    if (found.length === most) break;
  }
  return found;
}
