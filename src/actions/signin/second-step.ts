import { together } from '#domain/assurance.ts';
import type { JsonObject, Origin } from '#domain/audit/event.ts';
import type { Stored } from '#storage/collection.ts';
import type { Person } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import type { Credentials } from '../factors/credentials.ts';
import { recoverySpending } from '../factors/recovery-codes.ts';
import { totpSpending } from '../factors/totp.ts';
import type { Services } from '../services.ts';
import type { ProvingSource } from '../sources/identities.ts';
import { bucketsOf } from './buckets.ts';
import { noticeOfNewDevice } from './device.ts';
import { recordLocked } from './locked.ts';
import { failure } from './prove.ts';
import { settleWithUnit, succeeded } from './sign-in.ts';
import { giveBack, takeTry } from './tries.ts';

export interface CodeTry {
  readonly person: Stored<Person>;
  readonly credentials: Credentials;
  /** What was proved before in this sign-in, or by the session that is to become stronger. */
  readonly amr: readonly string[];
  /** The source that proved the first step. */
  readonly source?: ProvingSource | undefined;
  readonly method: 'totp' | 'recovery-code';
  readonly code: string;
  /** The device cookie that the browser sent. */
  readonly knownDevice?: string | undefined;
  /** What ends with success, in the same commit. */
  readonly ends: readonly Change[];
}

export type CodeResult =
  | { readonly outcome: 'ok'; readonly amr: readonly string[] }
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'throttled'; readonly retryAfter: number };

/**
 * The second step of a sign-in: a code of the authenticator app, or a recovery code. The try is counted before it is looked
 * at, with those at the password. Success stages what spends the code and the step together with `signin.succeeded` into the
 * request's unit; a code that was spent meanwhile fails that commit with the tag `factor`.
 */
export async function signInWithCode(services: Services, origin: Origin, given: CodeTry): Promise<CodeResult> {
  const { person, credentials, method, code } = given;
  const door = { identifier: '', person: person.id, ip: origin.ip };
  const buckets = bucketsOf(services, door, given.knownDevice);
  const taken = await takeTry(services, buckets);
  if (!taken.taken) {
    await recordLocked(services, origin, { bucket: taken.bucket, subject: { id: person.id }, door: 'second-factor' });
    return { outcome: 'throttled', retryAfter: taken.retryAfter };
  }
  const spending =
    method === 'totp'
      ? credentials.totp && totpSpending(services, credentials.totp, code)
      : await recoverySpending(services, person.id, code);
  if (spending === undefined) {
    await refuseCode(services, origin, person, method === 'totp' ? 'wrong-code' : 'wrong-recovery-code');
    return { outcome: 'refused' };
  }
  const amr = together(given.amr, ['otp']);
  const notice = noticeOfNewDevice(services, origin, person, given.knownDevice);
  await services.store.write({
    changes: [spending, ...given.ends, ...notice],
    events: [succeeded(origin, person, stepsOf(given, method))],
  });
  await settleWithUnit(services, () => giveBack(services, buckets));
  return { outcome: 'ok', amr };
}

/** How somebody signed in, for the record: by the first step that was proved before, and by this second one. */
export function stepsOf(
  before: { readonly amr: readonly string[]; readonly source?: ProvingSource | undefined },
  last: string,
): JsonObject {
  const { source } = before;
  if (source !== undefined) return { method: source.method, source: source.id, second: last };
  return before.amr.includes('pwd') ? { method: 'password', second: last } : { method: last };
}

/** Puts a code that did not count on record. */
export async function refuseCode(
  services: Services,
  origin: Origin,
  person: Stored<Person>,
  cause: 'wrong-code' | 'wrong-recovery-code' | 'code-used',
): Promise<void> {
  await services.store.writeNow({ changes: [], events: [failure(origin, person, 'second-factor', cause)] });
}
