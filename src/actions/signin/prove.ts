import type { AuditDraft } from '#domain/audit/event.ts';
import { draft, type JsonObject, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { isActive } from '#domain/people/active.ts';
import { fold } from '#domain/people/folding.ts';
import { tooLong } from '#domain/people/password.ts';
import type { Stored } from '#storage/collection.ts';
import { credentials, type PasswordCredential, type Person } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { type Credentials, credentialsOf } from '../factors/credentials.ts';
import { named } from '../named.ts';
import type { Services } from '../services.ts';
import { bucketsOf, keyedHash } from './buckets.ts';
import { type Locked, recordLocked } from './locked.ts';
import { giveBack, takeTry } from './tries.ts';

export interface Try {
  /** As typed. */
  readonly identifier: string;
  /** The person it belongs to, if to anybody. */
  readonly person: Stored<Person> | undefined;
  readonly password: string;
  /** The device cookie that the browser sent. */
  readonly knownDevice?: string | undefined;
  readonly door: Locked['door'];
}

/** `settle` gives the try back; call it when what the password was asked for has happened. */
export interface Right {
  readonly outcome: 'ok';
  readonly person: Stored<Person>;
  readonly credential: Stored<PasswordCredential>;
  /** Everything else that the person can sign in with. */
  readonly credentials: Credentials;
  readonly settle: () => Promise<void>;
}

export interface Throttled {
  readonly outcome: 'throttled';
  readonly retryAfter: number;
}

export type Proof = Right | { readonly outcome: 'refused' } | Throttled;

/** Not right here, and not on record yet. */
export interface NotRight {
  readonly outcome: 'no';
  readonly cause: 'unknown' | 'no-password' | 'too-long' | 'wrong-password' | 'disabled';
  /** Keyed hash of an identifier that belongs to nobody. */
  readonly identifierHash: string | undefined;
  readonly settle: () => Promise<void>;
}

/** A hash of our own parameters that no password was ever put to: what accounts without one are checked against. */
const nobodysHash = '$argon2id$v=19$m=19456,t=2,p=1$Z2F0ZWhvdXNlLW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

/**
 * Checks a password at any door. The try is counted before the hash runs; an account that is unknown, disabled or without
 * a password costs the same work and gets the same answer as a wrong password.
 * @throws HubError `busy`, StoreUnavailable
 */
export async function provePassword(services: Services, origin: Origin, given: Try): Promise<Proof> {
  const checked = await checkPassword(services, origin, given);
  if (checked.outcome !== 'no') return checked;
  const event = failure(origin, given.person, given.door, checked.cause, checked.identifierHash);
  await services.store.writeNow({ changes: [], events: [event] });
  return { outcome: 'refused' };
}

/** The same, where somebody else may know the password: what is not right here is not on record until they were asked. */
export async function checkPassword(
  services: Services,
  origin: Origin,
  given: Try,
): Promise<Right | NotRight | Throttled> {
  const { person, identifier, door } = given;
  const buckets = bucketsOf(services, { identifier, person: person?.id, ip: origin.ip }, given.knownDevice);
  const subject = person === undefined ? {} : { subject: { id: person.id } };
  const identifierHash =
    person === undefined ? keyedHash(services, 'identifier', fold(identifier.slice(0, 1000))) : undefined;
  const taken = await takeTry(services, buckets);
  if (!taken.taken) {
    const unknown = identifierHash === undefined ? {} : { identifierHash };
    await recordLocked(services, origin, { bucket: taken.bucket, ...subject, ...unknown, door });
    return { outcome: 'throttled', retryAfter: taken.retryAfter };
  }
  const settle = () => giveBack(services, buckets);
  const no = (cause: NotRight['cause']): NotRight => ({ outcome: 'no', cause, identifierHash, settle });
  const held = person && (await credentialsOf(services, person.id));
  const credential = held?.password;
  const long = tooLong(given.password);
  const checked = services.hasher.verify(credential?.hash ?? nobodysHash, long ? '' : given.password);
  const { matches, outdated } = await checked.catch(async (fault: unknown) => {
    // The password was never looked at, so this was no guess.
    await settle();
    throw fault;
  });
  if (person === undefined) return no('unknown');
  if (credential === undefined || held === undefined) return no('no-password');
  if (long) return no('too-long');
  if (!matches) return no('wrong-password');
  if (!isActive(person, services.clock.now())) return no('disabled');
  if (outdated && door === 'sign-in') await renew(services, credential, given.password);
  return { outcome: 'ok', person, credential, credentials: held, settle };
}

/** The event of a password that was tried in vain. */
export function failure(
  origin: Origin,
  person: Stored<Person> | undefined,
  door: Locked['door'],
  cause: string,
  identifierHash?: string,
  more: JsonObject = {},
): AuditDraft {
  return draft(origin, 'signin.failed', 'failure', {
    ...(person === undefined ? {} : { subject: { id: person.id }, personal: { subject: named(person) } }),
    detail: { cause, door, ...more, ...(identifierHash === undefined ? {} : { identifierHash }) },
  });
}

/**
 * Replaces a hash of another product, or of older parameters. If it was changed in between, that one is newer; if no slot
 * is free, the next sign-in does it.
 */
async function renew(services: Services, credential: Stored<PasswordCredential>, password: string): Promise<void> {
  const { id, hash: old } = credential;
  try {
    const hash = await services.hasher.hash(password);
    await services.store.writeNow({
      changes: [{ kind: 'update', collection: credentials, id, where: { hash: old }, set: { hash } }],
    });
  } catch (fault) {
    const later = fault instanceof CommitConflict || (fault instanceof HubError && fault.code === 'busy');
    if (!later) throw fault;
  }
}
