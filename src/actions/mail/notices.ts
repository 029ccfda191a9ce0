import type { Origin } from '#domain/audit/event.ts';
import type { Stored } from '#storage/collection.ts';
import type { Person } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import type { Services } from '../services.ts';
import { takeTry } from '../signin/tries.ts';
import { letterTo } from './queue.ts';

/** What can happen to the ways in which a person signs in; the catalogue has the words (`mail.credential.what`). */
export type CredentialAct =
  | 'password-set'
  | 'password-changed'
  | 'app-added'
  | 'passkey-added'
  | 'factor-removed'
  | 'codes-made'
  | 'factors-reset';

type Means = Pick<Services, 'clock' | 'seal'>;

/** When it was and from where, as every notice tells it. */
function circumstances({ clock }: Means, origin: Origin): Record<string, string | number> {
  return {
    at: clock.now(),
    ...(origin.ip === undefined ? {} : { ip: origin.ip }),
    ...(origin.agent === undefined ? {} : { agent: origin.agent }),
  };
}

/** Tells a person that a way to sign in was added, changed or taken away, by whomever. */
export function credentialNotice(
  services: Means,
  origin: Origin,
  person: Stored<Person>,
  act: CredentialAct,
): Change[] {
  const own = origin.actor.kind === 'person' && origin.actor.id === person.id;
  // Where an admin sits is nobody's business.
  const where = own || origin.actor.kind === 'hub' ? circumstances(services, origin) : { at: services.clock.now() };
  return letterTo(services, origin, person, { template: 'credential', values: { act, ...where, own: own ? 1 : 0 } });
}

/** Tells a person that they signed in on a browser that nobody had seen them on. */
export function newDeviceNotice(services: Means, origin: Origin, person: Stored<Person>): Change[] {
  return letterTo(services, origin, person, { template: 'new-device', values: circumstances(services, origin) });
}

/** One such mail a day is enough, however long somebody guesses. */
const lockedLimit = { count: 1, windowMs: 24 * 60 * 60 * 1000 };

/**
 * Tells a person that tries at their account are being refused; once a day.
 * @param account what the tries are counted under; counted for an account that nobody has too, so that it takes as long
 */
export async function lockedNotice(
  services: Services,
  origin: Origin,
  account: string,
  person: Stored<Person> | undefined,
): Promise<Change[]> {
  const { taken } = await takeTry(services, [{ id: `mail:locked:${account}`, limit: lockedLimit }]);
  if (!taken || person === undefined) return [];
  return letterTo(services, origin, person, { template: 'locked', values: circumstances(services, origin) });
}
