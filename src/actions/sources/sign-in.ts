import { assuranceBy } from '#domain/assurance.ts';
import { draft, type Origin } from '#domain/audit/event.ts';
import type { Stored } from '#storage/collection.ts';
import type { Person } from '#storage/collections.ts';
import { folded } from '../audit/folded.ts';
import { credentialsOf, hasSecondFactor } from '../factors/credentials.ts';
import { named } from '../named.ts';
import type { Services } from '../services.ts';
import { refusalBucket } from '../signin/buckets.ts';
import { noticeOfNewDevice } from '../signin/device.ts';
import { type SignIn, sparedCode, succeeded } from '../signin/sign-in.ts';
import { beginSourceStep } from '../signin/step.ts';
import { takeTry } from '../signin/tries.ts';
import { identityId, provingSource, type SourceMethod } from './identities.ts';
import { type Met, meetIdentity, type ProvedIdentity } from './meet.ts';

export interface SourceSignIn extends Pick<SignIn, 'knownDevice' | 'remembered' | 'fresh' | 'wanted'> {
  readonly proved: ProvedIdentity;
  /** What of it counts (RFC 8176): `pwd` for a directory that took the password, `fed` for the word of an issuer. */
  readonly amr: readonly string[];
  /** When it was proved there, in seconds since 1970; absent: now. */
  readonly authTime?: number | undefined;
  /** The secret id of the interaction that it is for. */
  readonly interaction: string;
}

export type SourceSignInResult =
  | {
      readonly outcome: 'ok';
      readonly person: Stored<Person>;
      readonly amr: readonly string[];
      readonly kept: readonly string[];
    }
  /** Nobody is signed in until the person's own second factor is proved as well. */
  | { readonly outcome: 'second-step'; readonly person: Stored<Person>; readonly kept: readonly string[] }
  | Exclude<Met, { readonly outcome: 'known' }>;

/**
 * Signs somebody in whom a source has proved. Everything is staged in the request's unit of work, together with the session that the
 * caller starts; a refusal is on record before this returns. Somebody with a second factor here proves it next, unless what the
 * source proved counts for as much.
 */
export async function signInFromSource(
  services: Services,
  origin: Origin,
  given: SourceSignIn,
): Promise<SourceSignInResult> {
  const { proved, amr } = given;
  const met = await meetIdentity(services, origin, proved);
  if (met.outcome !== 'known') {
    const cause = met.outcome === 'refused' ? met.cause : `unlinked-${met.because}`;
    const person = met.outcome === 'refused' ? met.person : undefined;
    await refuseSource(services, origin, {
      source: proved.source,
      method: provingSource(proved).method,
      cause,
      person,
    });
    return met;
  }
  const { person, source, kept } = met;
  const second = hasSecondFactor(await credentialsOf(services, person.id)) && assuranceBy(amr) === 'password';
  if (second && !(await sparedCode(services, given, person.id))) {
    await beginSourceStep(services, given.interaction, person, {
      identity: identityId(proved),
      amr,
      authTime: given.authTime,
    });
    return { outcome: 'second-step', person, kept };
  }
  const detail = {
    method: provingSource(proved).method,
    source: source.id,
    ...(second ? { second: 'remembered-device' } : {}),
    ...(kept.length > 0 ? { kept: [...kept] } : {}),
  };
  await services.store.write({
    changes: noticeOfNewDevice(services, origin, person, given.knownDevice),
    events: [succeeded(origin, person, detail)],
  });
  return { outcome: 'ok', person, amr: second ? [...amr, 'mfa'] : amr, kept };
}

/**
 * Puts a sign-in by a source that came to nothing on record, whatever becomes of the request. What concerns nobody here takes no
 * password and no code to send: more of it from one network than it may guess is folded into one event a minute and cause.
 */
export async function refuseSource(
  services: Services,
  origin: Origin,
  refused: {
    readonly source: string;
    readonly method?: SourceMethod;
    readonly cause: string;
    readonly person?: Stored<Person> | undefined;
  },
): Promise<void> {
  const { source, method = 'source', cause, person } = refused;
  const who = person === undefined ? {} : { subject: { id: person.id }, personal: { subject: named(person) } };
  const event = (count: number) =>
    draft(origin, 'signin.failed', 'failure', {
      ...who,
      detail: { cause, method, source, ...(count === 1 ? {} : { count }) },
    });
  const few = person !== undefined || (await takeTry(services, [refusalBucket(services, origin.ip)])).taken;
  const one = few ? event(1) : await folded(services, `signin.failed ${source} ${cause.split(':', 1)[0]}`, event);
  if (one !== undefined) await services.store.writeNow({ changes: [], events: [one] });
}
