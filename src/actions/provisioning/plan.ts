import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Account } from '#domain/provisioning/account.ts';
import { type Plan, planAccounts } from '#domain/provisioning/plan.ts';
import { namedActor } from '../people/about.ts';
import type { Services } from '../services.ts';
import { type Connector, ConnectorFault } from './port.ts';
import { everyAccount, readAccounts } from './read.ts';
import { getTarget, openConnector, type Target } from './target.ts';
import { type WantedThere, wantedOfAll, wantedOfSome } from './wanted.ts';

export interface Planned {
  readonly system: string;
  /** ms */
  readonly at: number;
  readonly plan: Plan;
}

/**
 * What would be done in a product, read from it now; nothing is changed there. On record as `provision.planned`, by its counts.
 * @param person only this one
 * @throws HubError `not-found`, `not-provisioned`, `product-away`
 */
export async function planProvisioning(
  services: Services,
  origin: Origin,
  system: string,
  person?: string,
): Promise<Planned> {
  const target = await getTarget(services, system);
  const connector = openConnector(services, target);
  const { plan } = await asked(() => compared(services, target, connector, person));
  const at = services.clock.now();
  await services.store.write({
    changes: [],
    events: [
      draft(origin, 'provision.planned', 'success', {
        system,
        ...(person === undefined ? {} : { subject: { id: person } }),
        detail: countsOf(plan),
        personal: await namedActor(services, origin),
      }),
    ],
  });
  return { system, at, plan };
}

/** A product's fault as a refusal of the hub. @throws HubError `product-away` */
export async function asked<R>(work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (fault) {
    if (!(fault instanceof ConnectorFault)) throw fault;
    const { message, retryAfter } = fault;
    const wait = retryAfter === undefined ? {} : { retryAfter: Math.ceil(retryAfter / 1000) };
    throw new HubError('product-away', `The product ${message}`, { cause: fault, ...wait });
  }
}

/** The policy beside the product, for everybody or for one. @throws ConnectorFault */
export async function compared(
  services: Services,
  target: Target,
  connector: Connector,
  person?: string,
): Promise<WantedThere & { readonly plan: Plan; readonly accounts: readonly Account[] }> {
  if (person === undefined) {
    const [there, accounts, known] = await Promise.all([
      wantedOfAll(services, target),
      everyAccount(connector),
      connector.roles(),
    ]);
    return { ...there, accounts, plan: planFor(target, there, accounts, known) };
  }
  const there = await wantedOfSome(services, target, [person]);
  const [{ accounts }, known] = await Promise.all([
    readAccounts(connector, there.wanted, undefined),
    connector.roles(),
  ]);
  return { ...there, accounts, plan: planFor(target, there, accounts, known) };
}

export function planFor(
  { settings, how, managed }: Target,
  { wanted }: Pick<WantedThere, 'wanted'>,
  accounts: readonly Account[],
  known: ReadonlySet<string> | undefined,
): Plan {
  return planAccounts({ wanted, accounts, how, managed, known, mayCreate: settings.accounts === 'create' });
}

export function countsOf(plan: Plan): { [name: string]: number } {
  const { create, link, change, disable, unmanaged, missing, faults } = plan;
  return {
    create: create.length,
    link: link.length,
    change: change.length,
    disable: disable.length,
    unmanaged: unmanaged.length,
    missing: missing.length,
    faults: faults.length,
  };
}
