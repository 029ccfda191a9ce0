import type { Stored } from '#storage/collection.ts';
import { links, outbox, type Person, rememberedDevices } from '#storage/collections.ts';
import { everyRecord } from '../access/reading.ts';
import { type AccountLeft, accountLeft } from '../provisioning/left.ts';
import type { Services } from '../services.ts';
import { sessionsOf } from '../sessions/ending.ts';
import { systemDirectory } from '../systems/directory.ts';

/** What one system knows of a person's end. */
export interface SystemLeft {
  readonly system: string;
  /** The login that it knows the person by. */
  readonly login?: string;
  /** Newest word about an end: delivered, on its way, given up; `cannot-be-told` has no address for it, `not-entered` needed none. */
  readonly told: 'delivered' | 'waiting' | 'failed' | 'cannot-be-told' | 'not-entered';
  /** Of `told`, in ms. */
  readonly at?: number;
  readonly error?: string;
  /** There is an account in the product that the hub cannot close; this is where. */
  readonly closeAt?: string;
  /** What became of the account in the product. */
  readonly account: AccountLeft;
}

/** What proves that somebody is out of everything. */
export interface LeavingProof {
  /** When the account was disabled last, in ms; undefined while it is active. */
  readonly disabledAt?: number;
  /** Their last day, YYYY-MM-DD, and its end in ms: from then on they are out, whether it is on record yet or not. */
  readonly lastDay?: string;
  readonly leavesAt?: number;
  /** Who did it: kind and id. */
  readonly by?: string;
  /** Alive now; a disabled account has none. Refresh tokens and grants live in sessions and end with them. */
  readonly sessions: number;
  readonly rememberedDevices: number;
  /** Until then a system that checks tokens offline may still take one, in ms. */
  readonly offlineUntil?: number;
  readonly systems: readonly SystemLeft[];
}

/** Gathers it from the account, the outbox and the record; nothing is changed. */
export async function leavingProof(services: Services, person: Stored<Person>): Promise<LeavingProof> {
  const { store, settings } = services;
  const query = { person: person.id, type: 'person.disabled', limit: 20 };
  const ended = (await store.audit.query({ ...query, order: 'newest' })).items.find(
    ({ subject }) => subject?.id === person.id,
  );
  const gone = person.status === 'disabled' && ended !== undefined;
  const disabledAt = gone ? Date.parse(ended.at) : undefined;
  const now = services.clock.now();
  const live = (await sessionsOf(services, person.id)).filter(({ endsAt }) => endsAt > now);
  return {
    ...(person.lastDay === undefined ? {} : { lastDay: person.lastDay }),
    ...(person.leavesAt === undefined ? {} : { leavesAt: person.leavesAt }),
    ...(gone && disabledAt !== undefined
      ? {
          disabledAt,
          by: [ended.actor.kind, ended.actor.id].filter((part) => part !== undefined).join(':'),
          offlineUntil: disabledAt + settings.lifetimes.accessToken,
        }
      : {}),
    sessions: live.length,
    rememberedDevices: await store.count(rememberedDevices, { person: person.id }),
    systems: await systemsOf(services, person.id),
  };
}

async function systemsOf(services: Services, person: string): Promise<SystemLeft[]> {
  const { store } = services;
  const linked = await Array.fromAsync(everyRecord(store, links, { where: { person } }));
  const told = await lastWords(services, person);
  const { all } = await systemDirectory(services);
  const accounts = new Map<string, AccountLeft>();
  for (const system of all) accounts.set(system.id, await accountLeft(services, system, person));
  return all.flatMap((system): SystemLeft[] => {
    const account = accounts.get(system.id) ?? { state: 'by-hand' };
    const link = linked.find((one) => one.system === system.id);
    const word = told.get(system.id);
    const carried = account.state !== 'by-hand' && account.state !== 'none';
    if (link === undefined && word === undefined && !carried) return [];
    const silent = system.backchannelLogoutUri === undefined ? 'cannot-be-told' : 'not-entered';
    return [
      {
        system: system.id,
        ...(link?.login === undefined ? {} : { login: link.login }),
        ...(word ?? { told: silent }),
        account,
        ...(system.launchUri === undefined || account.state === 'disabled' ? {} : { closeAt: system.launchUri }),
      },
    ];
  });
}

/** The newest delivery of each system; those that the outbox has let go of stand in the record. */
async function lastWords({ store }: Services, person: string) {
  const words = new Map<string, Pick<SystemLeft, 'told' | 'at' | 'error'>>();
  const events = (await store.audit.query({ person, type: 'logout.', order: 'newest', limit: 1000 })).items;
  for (const { type, system, at, subject } of events) {
    if (system === undefined || subject?.id !== person || words.has(system)) continue;
    const said = type === 'logout.delivered' ? 'delivered' : type === 'logout.failed' ? 'failed' : 'waiting';
    words.set(system, { told: said, at: Date.parse(at) });
  }
  for await (const delivery of everyRecord(store, outbox, { where: { person } })) {
    if (delivery.kind !== 'logout' || delivery.status === 'delivered') continue;
    const { system, status, createdAt, lastError } = delivery;
    words.set(system, { told: status, at: createdAt, ...(lastError === undefined ? {} : { error: lastError }) });
  }
  return words;
}
