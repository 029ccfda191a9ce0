import { createHash } from 'node:crypto';
import { type AuditDraft, draft, type Origin } from '#domain/audit/event.ts';
import type { Wanted } from '#domain/provisioning/account.ts';
import type { Stored } from '#storage/collection.ts';
import {
  outbox,
  type ProvisionDelivery,
  type ProvisionedAccount,
  people,
  provisionedAccounts,
} from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { named } from '../named.ts';
import { namedActor } from '../people/about.ts';
import type { Services } from '../services.ts';
import type { Target } from './target.ts';
import { accountId, type WantedThere, wantedOfAll } from './wanted.ts';

/** How long a product is asked again (contract.md). */
const keepTrying = 24 * 60 * 60 * 1000;
/** People in one commit. */
const together = 200;

export function deliveryId(system: string, person: string): string {
  return `provision:${system}:${person}`;
}

/** What the policy wants of a person there, as one value: another one has to be carried. */
export function digestOf({ login, active, roles }: Wanted): string {
  return createHash('sha256')
    .update(JSON.stringify([login.toLowerCase(), active, roles]))
    .digest('base64url');
}

/**
 * Puts into the outbox everybody for whom the policy wants something else there than when it was last carried.
 * @param held asked before each commit: another process may have taken over
 * @returns how many
 */
export async function queueChanged(
  services: Services,
  target: Target,
  held: () => boolean = () => true,
): Promise<number> {
  const there = await wantedOfAll(services, target);
  const changed = there.wanted.filter((wanted) => {
    const record = there.records.get(wanted.person);
    if (record !== undefined) return record.wanted !== digestOf(wanted);
    // Nothing is wanted, and nothing is known to be there.
    return wanted.active || wanted.linked;
  });
  const hub: Origin = { actor: { kind: 'hub' } };
  return queue(services, hub, target, changed, there, held);
}

/** Puts these people into the outbox of a system, whatever was carried before; with `provision.planned`. @returns how many */
export async function queue(
  services: Services,
  origin: Origin,
  { system }: Target,
  wanted: readonly Wanted[],
  { records }: Pick<WantedThere, 'records'>,
  held: () => boolean = () => true,
): Promise<number> {
  let count = 0;
  for (let at = 0; at < wanted.length && held(); at += together) {
    const some = wanted.slice(at, at + together);
    const now = services.clock.now();
    const changes = some.flatMap((one) => asking(system.id, one, records.get(one.person), now));
    const event = await plannedEvent(services, origin, system.id, some);
    try {
      await services.store.write({ changes, events: [event] });
      count += some.length;
    } catch (conflict) {
      // Somebody else asked for one of them at the same moment; the next look sees who is left.
      if (!(conflict instanceof CommitConflict)) throw conflict;
    }
  }
  return count;
}

function asking(system: string, wanted: Wanted, record: Stored<ProvisionedAccount> | undefined, now: number): Change[] {
  const { person } = wanted;
  const id = accountId(system, person);
  const digest = digestOf(wanted);
  const delivery: ProvisionDelivery = {
    ...{ kind: 'provision' as const, system, person, status: 'waiting' as const, attempts: 0 },
    ...{ nextAt: now, giveUpAt: now + keepTrying, createdAt: now },
  };
  return [
    record === undefined
      ? { kind: 'insert', collection: provisionedAccounts, id, data: { system, person, wanted: digest } }
      : { kind: 'update', collection: provisionedAccounts, id, set: { wanted: digest } },
    { kind: 'put', collection: outbox, id: deliveryId(system, person), data: delivery },
  ];
}

async function plannedEvent(
  services: Services,
  origin: Origin,
  system: string,
  some: readonly Wanted[],
): Promise<AuditDraft> {
  const [only] = some;
  const subject =
    some.length === 1 && only !== undefined ? await services.store.engine.get(people, only.person) : undefined;
  const actor = await namedActor(services, origin);
  return draft(origin, 'provision.planned', 'success', {
    system,
    ...(subject === undefined ? {} : { subject: { id: subject.id } }),
    detail: { people: some.length },
    personal: { ...actor, ...(subject === undefined ? {} : { subject: named(subject) }) },
  });
}
