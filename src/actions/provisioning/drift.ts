import { draft, type Origin } from '#domain/audit/event.ts';
import type { Plan, Step } from '#domain/provisioning/plan.ts';
import { planAccounts } from '#domain/provisioning/plan.ts';
import { type ProvisionedAccount, provisionedAccounts, provisioningStates } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { namedActor } from '../people/about.ts';
import type { Services } from '../services.ts';
import { asked, compared, countsOf, type Planned } from './plan.ts';
import { ConnectorFault } from './port.ts';
import { foundOf } from './settle.ts';
import { keepState } from './state.ts';
import { getTarget, openConnector, type Target } from './target.ts';
import { accountId } from './wanted.ts';

const together = 200;

/**
 * What a product has that the policy does not say, and the other way round, read from it now. Nothing is changed there, and what
 * `add-only` would leave is shown all the same. What was found is kept for pages and alarms; with `provision.drifted` where there is any.
 * @throws HubError `not-found`, `not-provisioned`, `product-away`
 */
export async function driftOf(services: Services, origin: Origin, system: string, person?: string): Promise<Planned> {
  const target = await getTarget(services, system);
  const at = services.clock.now();
  try {
    return { system, at, plan: await look(services, origin, target, person, at) };
  } catch (fault) {
    if (fault instanceof ConnectorFault && person === undefined) await unread(services, target, fault, at);
    return asked(() => Promise.reject(fault));
  }
}

async function look(
  services: Services,
  origin: Origin,
  target: Target,
  person: string | undefined,
  at: number,
): Promise<Plan> {
  const there = await compared(services, target, openConnector(services, target), person);
  const strict = target.how.mode === 'add-only' ? { ...target.how, mode: 'replace' as const } : target.how;
  const { managed, settings } = target;
  const plan = planAccounts({
    ...{ wanted: there.wanted, accounts: there.accounts, how: strict, managed },
    mayCreate: settings.accounts === 'create',
  });
  const drifted = [...plan.change, ...plan.disable];
  const changes: Change[] = [...drifted, ...plan.same].flatMap((step) =>
    seen(target, step, there.records.get(step.wanted.person), at),
  );
  for (let from = 0; from < changes.length; from += together)
    await write(services, changes.slice(from, from + together));
  const { create, missing, unmanaged } = countsOf(plan);
  const counts = { drifted: drifted.length, unmanaged: unmanaged ?? 0, create: create ?? 0, missing: missing ?? 0 };
  const state = { readAt: at, accounts: there.accounts.length, drifted: counts.drifted, unmanaged: counts.unmanaged };
  const known: Change[] =
    person === undefined ? [{ kind: 'put', collection: provisioningStates, id: target.system.id, data: state }] : [];
  const events =
    drifted.length === 0
      ? []
      : [
          draft(origin, 'provision.drifted', 'success', {
            system: target.system.id,
            ...(person === undefined ? {} : { subject: { id: person } }),
            detail: counts,
            personal: await namedActor(services, origin),
          }),
        ];
  await services.store.write({ changes: known, events });
  return plan;
}

/** Keeps what stands there beside what should; somebody who was never carried has no record, and gets one. */
function seen(target: Target, step: Step, record: ProvisionedAccount | undefined, readAt: number): Change[] {
  const { account, wanted } = step;
  if (account === undefined) return [];
  const id = accountId(target.system.id, wanted.person);
  const drift = driftIn(step);
  const set = {
    account: account.id,
    login: account.login,
    found: foundOf(account),
    readAt,
    ...(drift ? { drift } : {}),
  };
  const place = { collection: provisionedAccounts, id };
  if (record === undefined) {
    // Where only a login says that it is theirs, that is for `link` to settle.
    if (!wanted.linked) return [];
    const { person } = wanted;
    return [{ kind: 'put', ...place, data: { system: target.system.id, person, wanted: '', ...set } }];
  }
  return [{ kind: 'update', ...place, set, ...(drift ? {} : { unset: ['drift'] }) }];
}

function driftIn({ account, wanted, add, remove, profile }: Step): ProvisionedAccount['drift'] {
  const active = account === undefined || account.active === wanted.active ? undefined : account.active;
  if (add.length + remove.length === 0 && profile === undefined && active === undefined) return undefined;
  return {
    add: [...add],
    remove: [...remove],
    ...(profile === undefined ? {} : { profile }),
    ...(active === undefined ? {} : { active }),
  };
}

async function write(services: Services, changes: readonly Change[]): Promise<void> {
  try {
    await services.store.write({ changes });
  } catch (conflict) {
    // Somebody was forgotten meanwhile; what is kept here is a note, and the next look writes it again.
    if (!(conflict instanceof CommitConflict)) throw conflict;
  }
}

/** Keeps why the product could not be asked, beside what was read before. */
export async function unread(services: Services, { system }: Target, fault: ConnectorFault, at: number): Promise<void> {
  await keepState(services, system.id, { fault: { code: fault.code, message: fault.message.slice(0, 300), at } });
}

/** The product answered: what stood against it no longer does. */
export async function readable(services: Services, system: string): Promise<void> {
  const before = await services.store.engine.get(provisioningStates, system);
  if (before?.fault === undefined) return;
  await services.store.write({
    changes: [{ kind: 'update', collection: provisioningStates, id: system, unset: ['fault'] }],
  });
}
