import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { isActive } from '#domain/people/active.ts';
import { uuidv7 } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { breakGlassCodes, breakGlassUses, type Person, people } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { ownersOf } from '../assignments/owners.ts';
import { spentTag } from '../factors/totp.ts';
import { letterTo } from '../mail/queue.ts';
import { named } from '../named.ts';
import type { Services } from '../services.ts';
import { failure } from '../signin/prove.ts';
import { succeeded } from '../signin/sign-in.ts';
import { glassAccount } from './account.ts';
import { glassCodeId } from './codes.ts';

/**
 * Spends a code of the envelope. All of it is staged into the unit of the request that starts the session: the code is gone, the use
 * stands open until somebody acknowledges it, every owner and configured address is told. A code spent meanwhile fails that
 * commit with the tag `factor`. The try has been counted before.
 * @returns undefined for what is no code, which is on record then
 */
export async function useGlassCode(
  services: Services,
  origin: Origin,
  code: string,
): Promise<Stored<Person> | undefined> {
  const person = await glassAccount(services);
  const found = await services.store.get(breakGlassCodes, glassCodeId(services, code));
  if (found === undefined || !isActive(person, services.clock.now()) || !services.settings.breakGlass.enabled) {
    await refuseGlassCode(services, origin, found === undefined ? 'wrong-code' : 'disabled');
    return undefined;
  }
  const now = services.clock.now();
  const whose: Origin = { ...origin, actor: { kind: 'person', id: person.id } };
  const facts = {
    ...(origin.ip === undefined ? {} : { ip: origin.ip }),
    ...(origin.agent === undefined ? {} : { agent: origin.agent }),
  };
  await services.store.write({
    changes: [
      { kind: 'remove', collection: breakGlassCodes, id: found.id, ifVersion: found.version, tag: spentTag },
      { kind: 'insert', collection: breakGlassUses, id: uuidv7(now), data: { at: now, state: 'open' } },
      ...(await alarms(services, origin, person, { at: now, ...facts })),
    ],
    events: [
      succeeded(origin, person, { method: 'break-glass' }),
      draft(whose, 'admin.signed-in', 'success', {
        subject: { id: person.id },
        detail: { breakGlass: true },
        personal: { actor: named(person), subject: named(person) },
      }),
    ],
  });
  services.log.warn({ request: origin.request }, 'a break-glass code was used');
  return person;
}

/** Puts a code that did not count on record. */
export async function refuseGlassCode(
  services: Services,
  origin: Origin,
  cause: 'wrong-code' | 'code-used' | 'disabled',
): Promise<void> {
  const person = await glassAccount(services);
  await services.store.writeNow({ changes: [], events: [failure(origin, person, 'break-glass', cause)] });
}

/** A mail to every owner, and to each address that the settings name. */
async function alarms(
  services: Services,
  origin: Origin,
  account: Stored<Person>,
  values: Readonly<Record<string, string | number>>,
): Promise<Change[]> {
  const letter = { template: 'break-glass', values, path: '/admin/break-glass' } as const;
  const told = new Set<string>();
  const changes: Change[] = [];
  const tell = (person: Stored<Person>) => {
    const address = person.email?.toLowerCase();
    if (address === undefined || told.has(address)) return;
    told.add(address);
    changes.push(...letterTo(services, origin, person, letter));
  };
  for (const id of await ownersOf(services)) {
    const owner = await services.store.get(people, id);
    if (owner !== undefined) tell(owner);
  }
  for (const email of services.settings.breakGlass.notify) tell({ ...account, email, name: email });
  return changes;
}

/**
 * An owner says why the sealed account was used; the console's banner goes. The account itself cannot.
 * @throws HubError `not-found`, `invalid` without a reason, `conflict` when somebody said so already
 */
export async function acknowledgeGlassUse(
  services: Services,
  origin: Origin,
  id: string,
  reason: string,
): Promise<void> {
  const use = await services.store.get(breakGlassUses, id);
  if (use === undefined) throw new HubError('not-found', 'There is no such use');
  const why = reason.trim().slice(0, 500);
  if (why === '')
    throw new HubError('invalid', undefined, {
      faults: [{ path: 'reason', message: 'is missing; say why it was used' }],
    });
  const account = await glassAccount(services);
  if (origin.actor.id !== undefined && origin.actor.id === account?.id)
    throw new HubError('forbidden', 'Somebody who signed in otherwise has to acknowledge it');
  if (use.state !== 'open') throw new HubError('conflict', 'It was acknowledged already');
  const by = `${origin.actor.kind}${origin.actor.id === undefined ? '' : `:${origin.actor.id}`}`;
  const data = { at: use.at, state: 'acknowledged' as const, by, acknowledgedAt: services.clock.now(), reason: why };
  await services.store.write({
    changes: [{ kind: 'replace', collection: breakGlassUses, id, ifVersion: use.version, data }],
    events: [
      draft(origin, 'admin.acknowledged', 'success', {
        ...(account === undefined ? {} : { subject: { id: account.id } }),
        detail: { what: 'break-glass', use: id },
        personal: { detail: { reason: why } },
      }),
    ],
  });
}
