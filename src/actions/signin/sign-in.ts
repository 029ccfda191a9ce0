import { draft, type Origin } from '#domain/audit/event.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people } from '#storage/collections.ts';
import { named } from '../named.ts';
import { findByLogin } from '../people/find.ts';
import type { Services } from '../services.ts';
import { failure, provePassword } from './prove.ts';

export interface SignIn {
  /** E-mail or username as typed; case and surrounding spaces are ignored. */
  readonly identifier: string;
  readonly password: string;
  /** The value of the device cookie (`rememberDevice`), if the browser sent one. */
  readonly knownDevice?: string | undefined;
}

export type SignInResult =
  | { readonly outcome: 'ok'; readonly person: Stored<Person> }
  | { readonly outcome: 'refused' }
  /** Seconds until another try makes sense. */
  | { readonly outcome: 'throttled'; readonly retryAfter: number };

/**
 * Signs a person in by password. What is refused answers alike, whether the account exists, is disabled or has no
 * password, and in steps of time wide enough that hashes of other products do not stand out.
 *
 * `signin.succeeded` goes into the unit of work of the request, together with the session that the caller starts;
 * refusals are on record before this returns.
 * @throws HubError `busy` when all hashing slots are taken, StoreUnavailable
 */
export async function signInWithPassword(services: Services, origin: Origin, given: SignIn): Promise<SignInResult> {
  const started = performance.now();
  const person = await findByLogin(services, given.identifier);
  const proof = await provePassword(services, origin, { ...given, person, door: 'sign-in' });
  if (proof.outcome === 'throttled') return proof;
  if (proof.outcome === 'refused' || person === undefined) {
    await evenly(started);
    return { outcome: 'refused' };
  }
  // Hashing takes a while: who was disabled meanwhile stays outside.
  const now = await services.store.get(people, person.id);
  if (now?.status !== 'active') {
    await services.store.writeNow({ changes: [], events: [failure(origin, person, 'sign-in', 'disabled')] });
    await evenly(started);
    return { outcome: 'refused' };
  }
  await services.store.write({ changes: [], events: [succeeded(origin, now)] });
  const unit = services.store.current();
  if (unit === undefined) await proof.settle();
  else
    unit.afterCommit(() => void proof.settle().catch((fault) => services.log.warn(fault, 'a try was not given back')));
  return { outcome: 'ok', person: now };
}

function succeeded(origin: Origin, person: Stored<Person>) {
  return draft({ ...origin, actor: { kind: 'person', id: person.id } }, 'signin.succeeded', 'success', {
    subject: { id: person.id },
    detail: { method: 'password' },
    personal: { actor: named(person), subject: named(person) },
  });
}

/** Refusals leave on a grid of this many milliseconds; no thread waits meanwhile. */
const gridMs = 250;

async function evenly(started: number): Promise<void> {
  const passed = performance.now() - started;
  await new Promise((resolve) => setTimeout(resolve, gridMs - (passed % gridMs)));
}
