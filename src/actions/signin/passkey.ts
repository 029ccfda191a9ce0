import { together } from '#domain/assurance.ts';
import type { Origin } from '#domain/audit/event.ts';
import { isActive } from '#domain/people/active.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { passkeyOf, provePasskey, readAnswer } from '../factors/passkeys/prove.ts';
import type { Services } from '../services.ts';
import type { ProvingSource } from '../sources/identities.ts';
import { bucketsOf, networkBucket } from './buckets.ts';
import { knownDeviceOf, noticeOfNewDevice } from './device.ts';
import { recordLocked } from './locked.ts';
import { failure } from './prove.ts';
import { stepsOf } from './second-step.ts';
import { settleWithUnit, succeeded } from './sign-in.ts';
import { giveBack, takeTry } from './tries.ts';

export interface PasskeyTry {
  /** What the challenge was bound to. */
  readonly bound: string;
  /** The browser's answer, as posted. */
  readonly answer: string;
  readonly knownDevice?: string | undefined;
  /** In a second step: whose passkey it has to be, what was proved before, and what ends with success. */
  readonly step?: {
    readonly person: string;
    readonly amr: readonly string[];
    readonly source?: ProvingSource | undefined;
    readonly ends: readonly Change[];
  };
}

export type PasskeyResult =
  | { readonly outcome: 'ok'; readonly person: Stored<Person>; readonly amr: readonly string[] }
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'throttled'; readonly retryAfter: number };

/**
 * Signs in with a passkey, alone or as the second step. Nobody can guess one, so tries count for the network and the known
 * device, never against the account: strangers cannot lock an owner out. What is refused answers alike for every cause; the
 * cause is on record, a counter that went back as an alarm. Success is staged like that of a password.
 */
export async function signInWithPasskey(services: Services, origin: Origin, given: PasskeyTry): Promise<PasskeyResult> {
  const answer = readAnswer(given.answer);
  const passkey = answer && (await passkeyOf(services, answer));
  const known = passkey && knownDeviceOf(services, given.knownDevice, passkey.person);
  const buckets =
    passkey !== undefined && known !== undefined
      ? bucketsOf(services, { identifier: '', person: passkey.person, ip: origin.ip }, given.knownDevice)
      : [networkBucket(services, origin.ip)];
  const door = given.step === undefined ? 'sign-in' : 'second-factor';
  const taken = await takeTry(services, buckets);
  if (!taken.taken) {
    const subject = passkey === undefined ? {} : { subject: { id: passkey.person } };
    await recordLocked(services, origin, { bucket: taken.bucket, ...subject, door });
    return { outcome: 'throttled', retryAfter: taken.retryAfter };
  }
  const person = passkey && (await services.store.get(people, passkey.person));
  const refuse = async (cause: string): Promise<PasskeyResult> => {
    if (cause === 'counter-regressed')
      services.log.warn({ person: person?.id }, 'a passkey’s counter went back: it may be copied');
    await services.store.writeNow({ changes: [], events: [failure(origin, person, door, cause)] });
    return { outcome: 'refused' };
  };
  if (answer === undefined || passkey === undefined || person === undefined) return refuse('unknown-passkey');
  if (given.step !== undefined && given.step.person !== person.id) return refuse('unknown-passkey');
  const proof = await provePasskey(services, given.bound, passkey, answer);
  if (proof.outcome === 'refused') return refuse(proof.cause);
  if (!isActive(person, services.clock.now())) return refuse('disabled');

  const first = given.step?.amr ?? [];
  const detail = stepsOf({ amr: first, source: given.step?.source }, 'passkey');
  await services.store.write({
    changes: [
      proof.spending,
      ...(given.step?.ends ?? []),
      ...noticeOfNewDevice(services, origin, person, given.knownDevice),
    ],
    events: [succeeded(origin, person, detail)],
  });
  await settleWithUnit(services, () => giveBack(services, buckets));
  return { outcome: 'ok', person, amr: together(first, proof.amr) };
}
