import type { Assurance } from '#domain/assurance.ts';
import { type AuditDraft, draft, type JsonObject, type Origin } from '#domain/audit/event.ts';
import { isActive } from '#domain/people/active.ts';
import type { Stored } from '#storage/collection.ts';
import { type PasswordCredential, type Person, people } from '#storage/collections.ts';
import { hasSecondFactor } from '../factors/credentials.ts';
import { isRemembered } from '../factors/remembered.ts';
import { named } from '../named.ts';
import type { Services } from '../services.ts';
import { noticeOfNewDevice } from './device.ts';
import { evenly } from './evenly.ts';
import { failure, type Right } from './prove.ts';

export interface SignIn {
  /** E-mail or username as typed; case and surrounding spaces are ignored. */
  readonly identifier: string;
  readonly password: string;
  /** The value of the device cookie (`rememberDevice`), if the browser sent one. */
  readonly knownDevice?: string | undefined;
  /** The value of the cookie of remembered browsers (`rememberBrowser`). */
  readonly remembered?: string | undefined;
  /** Everything is to be proved now: a remembered browser spares nothing. */
  readonly fresh?: boolean;
  /** The strength that is asked for, as far as it is known already. */
  readonly wanted?: Assurance;
}

export type SignInResult =
  /** `amr`: what was proved (RFC 8176); `source`: the one upstream that proved it, if one did. */
  | {
      readonly outcome: 'ok';
      readonly person: Stored<Person>;
      readonly amr: readonly string[];
      readonly source?: string;
    }
  /** The password was right; nobody is signed in until a second factor is proved as well. */
  | {
      readonly outcome: 'second-step';
      readonly person: Stored<Person>;
      readonly password: Stored<PasswordCredential>;
    }
  | { readonly outcome: 'refused' }
  /** Seconds until another try makes sense. */
  | { readonly outcome: 'throttled'; readonly retryAfter: number };

/**
 * What a sign-in becomes after its password was right here. What is refused answers alike, whether the account exists, is disabled or has no
 * password, and in steps of time wide enough that hashes of other products do not stand out. Who has a second factor has to
 * prove it next, unless this browser is remembered.
 *
 * `signin.succeeded` goes into the unit of work of the request, together with the session that the caller starts;
 * refusals are on record before this returns.
 * @param looked.started when it began, by `performance.now()`
 * @throws StoreUnavailable
 */
export async function afterPassword(
  services: Services,
  origin: Origin,
  given: SignIn,
  looked: { readonly started: number; readonly person: Stored<Person>; readonly proof: Right },
): Promise<SignInResult> {
  const { started, person, proof } = looked;
  // Hashing takes a while: who was disabled meanwhile stays outside.
  const now = await services.store.get(people, person.id);
  if (!isActive(now, services.clock.now())) {
    await services.store.writeNow({ changes: [], events: [failure(origin, person, 'sign-in', 'disabled')] });
    await evenly(started);
    return { outcome: 'refused' };
  }
  const second = hasSecondFactor(proof.credentials);
  if (second && !(await sparedCode(services, given, now.id))) {
    await proof.settle();
    return { outcome: 'second-step', person: now, password: proof.credential };
  }
  const detail = second ? { method: 'password', second: 'remembered-device' } : { method: 'password' };
  await services.store.write({
    changes: noticeOfNewDevice(services, origin, now, given.knownDevice),
    events: [succeeded(origin, now, detail)],
  });
  await settleWithUnit(services, proof.settle);
  return { outcome: 'ok', person: now, amr: second ? ['pwd', 'mfa'] : ['pwd'] };
}

/** A remembered browser is not asked for a code, but for a fresh sign-in and where only a passkey is good enough. */
export async function sparedCode(
  services: Services,
  given: Pick<SignIn, 'fresh' | 'wanted' | 'remembered'>,
  person: string,
): Promise<boolean> {
  if (given.fresh === true || given.wanted === 'phishing-resistant') return false;
  return isRemembered(services, given.remembered, person);
}

/** Gives the try back once what it was for is on record. */
export async function settleWithUnit(services: Services, settle: () => Promise<void>): Promise<void> {
  const unit = services.store.current();
  if (unit === undefined) await settle();
  else unit.afterCommit(() => void settle().catch((fault) => services.log.warn(fault, 'a try was not given back')));
}

/** The event of somebody who is in. */
export function succeeded(origin: Origin, person: Stored<Person>, detail: JsonObject): AuditDraft {
  return draft({ ...origin, actor: { kind: 'person', id: person.id } }, 'signin.succeeded', 'success', {
    subject: { id: person.id },
    detail,
    personal: { actor: named(person), subject: named(person) },
  });
}
