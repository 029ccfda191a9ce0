import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { isActive } from '#domain/people/active.ts';
import { fold } from '#domain/people/folding.ts';
import { passwordPlace } from '../directories/password-place.ts';
import { named } from '../named.ts';
import { findByLogin } from '../people/find.ts';
import type { Services } from '../services.ts';
import { keyedHash, networkBucket } from '../signin/buckets.ts';
import { evenly } from '../signin/evenly.ts';
import { takeTry } from '../signin/tries.ts';
import { linkFor } from './link.ts';

/** Links that one account gets in the lifetime of one: enough for who mistypes, too few to fill a mailbox. */
const perAccount = 3;

/**
 * Somebody asks for a link to a new password. Whoever asks learns nothing: the answer, the work and the time are the same
 * whether the account exists, is disabled, has no address, has its password in a directory or had enough links; the mail goes out after the answer.
 * @throws HubError `too-many-tries` for the network alone, StoreUnavailable
 */
export async function askForLink(services: Services, origin: Origin, identifier: string): Promise<void> {
  const started = performance.now();
  const network = await takeTry(services, [networkBucket(services, origin.ip)]);
  if (!network.taken) throw new HubError('too-many-tries', undefined, { retryAfter: network.retryAfter });
  const person = await findByLogin(services, identifier);
  const identifierHash = keyedHash(services, 'identifier', fold(identifier.slice(0, 1000)));
  const account = { count: perAccount, windowMs: services.settings.lifetimes.resetLink };
  const { taken } = await takeTry(services, [{ id: `mail:reset:${person?.id ?? identifierHash}`, limit: account }]);
  const place = person && (await passwordPlace(services, person));
  const cause =
    person === undefined
      ? 'unknown'
      : !isActive(person, services.clock.now())
        ? 'disabled'
        : person.email === undefined
          ? 'no-address'
          : place !== undefined && !place.here && place.directories.length > 0
            ? // A new one here would be a second password beside that of the directory, which ends with the job.
              'password-elsewhere'
            : taken
              ? undefined
              : 'enough';
  const changes = person === undefined || cause !== undefined ? [] : await linkFor(services, origin, person, 'reset');
  const who =
    person === undefined
      ? { detail: { kind: 'reset', cause: 'unknown', identifierHash } }
      : {
          subject: { id: person.id },
          personal: { subject: named(person) },
          detail: { kind: 'reset', ...(cause === undefined ? {} : { cause }) },
        };
  const event = draft(origin, 'credential.offered', cause === undefined ? 'success' : 'denied', who);
  await services.store.write({ changes, events: [event] });
  await evenly(started);
}
