import { type AuditDraft, draft, type JsonObject, type Origin } from '#domain/audit/event.ts';
import type { Account } from '#domain/provisioning/account.ts';
import { uuidv7 } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import {
  links,
  outbox,
  type Person,
  type ProvisionDelivery,
  people,
  provisionedAccounts,
} from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { findLink, freshSub } from '../links/link-for.ts';
import { named } from '../named.ts';
import type { Services } from '../services.ts';
import type { Target } from './target.ts';
import { accountId, type WantedThere } from './wanted.ts';

/** What came of carrying one person: the account as read afterwards, none, or why not. */
export type Outcome =
  | { readonly account: Account; readonly done: boolean }
  | { readonly absent: true }
  | { readonly error: string; readonly account?: Account };

const hub: Origin = { actor: { kind: 'hub' } };
/** People in one commit. */
const together = 100;
const firstPause = 2000;
const longestPause = 5 * 60 * 1000;
const keptFor = 30 * 24 * 60 * 60 * 1000;

/** How long a product rests after so many attempts in vain, in ms. */
export function restAfter(attempts: number): number {
  return Math.min(firstPause * 2 ** Math.min(attempts, 20), longestPause);
}

/** Puts on record what came of deliveries. One that was asked for again meanwhile goes on waiting. */
export async function settle(
  services: Services,
  target: Target,
  deliveries: readonly Stored<ProvisionDelivery>[],
  there: WantedThere,
  outcomes: ReadonlyMap<string, Outcome>,
): Promise<void> {
  const settlements = await Promise.all(
    deliveries.flatMap((delivery) => {
      const outcome = outcomes.get(delivery.person ?? '');
      return outcome === undefined ? [] : [settlement(services, target, delivery, there, outcome)];
    }),
  );
  for (let at = 0; at < settlements.length; at += together) {
    const some = settlements.slice(at, at + together);
    if (await written(services, some)) continue;
    // One of them was changed meanwhile; the others are written alone.
    for (const one of some) if (!(await written(services, [one]))) await written(services, [{ ...one, link: [] }]);
  }
}

interface Settlement {
  readonly changes: readonly Change[];
  /** The login that the product knows the person by; left out where somebody else has it on record. */
  readonly link: readonly Change[];
  readonly events: readonly AuditDraft[];
}

async function written(services: Services, some: readonly Settlement[]): Promise<boolean> {
  try {
    const changes = some.flatMap((one) => [...one.changes, ...one.link]);
    await services.store.write({ changes, events: some.flatMap(({ events }) => events) });
    return true;
  } catch (conflict) {
    if (conflict instanceof CommitConflict) return false;
    throw conflict;
  }
}

async function settlement(
  services: Services,
  target: Target,
  delivery: Stored<ProvisionDelivery>,
  there: WantedThere,
  outcome: Outcome,
): Promise<Settlement> {
  const system = target.system.id;
  const id = delivery.person ?? '';
  const person = await services.store.engine.get(people, id);
  const now = services.clock.now();
  const attempts = delivery.attempts + 1;
  const where = { status: 'waiting', attempts: delivery.attempts, createdAt: delivery.createdAt };
  const update = (set: object, expiresAt?: number): Change => ({
    ...{ kind: 'update' as const, collection: outbox, id: delivery.id, where, set },
    ...(expiresAt === undefined ? {} : { expiresAt }),
  });
  const account = 'account' in outcome ? outcome.account : undefined;
  const seen = account === undefined ? [] : [seenChange(system, id, account, now)];
  const about = {
    system,
    subject: { id },
    ...(person === undefined ? {} : { personal: { subject: named(person) } }),
  };
  if ('error' in outcome) {
    const final = now + restAfter(attempts) > delivery.giveUpAt;
    const set = {
      attempts,
      lastError: outcome.error.slice(0, 500),
      ...(final ? { status: 'failed' } : { nextAt: now + restAfter(attempts) }),
    };
    const event = draft(hub, 'provision.failed', 'failure', {
      ...about,
      detail: { attempts, final },
      personal: { ...about.personal, detail: { error: outcome.error.slice(0, 500) } },
    });
    // The first failure is put on record, and the last.
    return {
      changes: [update(set, final ? now + keptFor : undefined), ...seen],
      link: [],
      events: attempts === 1 || final ? [event] : [],
    };
  }
  const done = update({ attempts, status: 'delivered' }, now + keptFor);
  if (account === undefined) return { changes: [done], link: [], events: [] };
  // Who is gone from the hub is forgotten once nothing is open there.
  const forget: Change[] =
    person === undefined && !account.active
      ? [{ kind: 'remove', collection: provisionedAccounts, id: accountId(system, id) }]
      : seen;
  const worth = ('done' in outcome && outcome.done) || there.records.get(id)?.account === undefined || !account.active;
  const event = draft(hub, 'provision.applied', 'success', {
    ...about,
    detail: { attempts },
    after: { found: foundOf(account) },
  });
  return {
    changes: [done, ...forget],
    link: person === undefined ? [] : await linkOf(services, target, person, account),
    events: worth ? [event] : [],
  };
}

function seenChange(system: string, person: string, account: Account, readAt: number): Change {
  return {
    ...{ kind: 'update' as const, collection: provisionedAccounts, id: accountId(system, person) },
    set: { account: account.id, login: account.login, found: foundOf(account), readAt },
    unset: ['drift'],
  };
}

export function foundOf({ active, roles, profile }: Account): JsonObject {
  return { active, roles: [...roles], ...(profile === undefined ? {} : { profile }) };
}

/** The product's login becomes the link's, so that `preferred_username` is what it knows. One that is there already stays. */
async function linkOf(
  services: Services,
  { system }: Target,
  person: Stored<Person>,
  { login }: Account,
): Promise<Change[]> {
  const link = await findLink(services, person.id, system.id);
  if (link?.login !== undefined) return [];
  if (link !== undefined)
    return [{ kind: 'update', collection: links, id: link.id, where: { login: null }, set: { login } }];
  const now = services.clock.now();
  const data = {
    person: person.id,
    system: system.id,
    login,
    sub: await freshSub(services, person.id, system),
    createdAt: now,
  };
  return [{ kind: 'insert', collection: links, id: uuidv7(now), data }];
}
