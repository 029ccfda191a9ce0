import type { Origin } from '#domain/audit/event.ts';
import { draft } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { type AccountState, accountStateOf, isSameAccountState } from '#domain/people/account-state.ts';
import { newTotpSecret, stepOfCode, totpUri } from '#platform/totp.ts';
import type { Stored } from '#storage/collection.ts';
import { credentials, type Person, type TotpCredential } from '#storage/collections.ts';
import type { Change, Commit } from '#storage/port.ts';
import { credentialNotice } from '../mail/notices.ts';
import { about } from '../people/about.ts';
import type { Services } from '../services.ts';
import { credentialsOf } from './credentials.ts';
import { labelOf } from './label.ts';
import { sameAccount, turnOfFactors } from './turn.ts';

const purpose = 'totp';
/** A secret that was shown is good for so long (ms); then another has to be scanned. */
const offerMs = 15 * 60_000;

/** A condition of this name that fails: the proof was used before. */
export const spentTag = 'factor';

export function totpId(person: string): string {
  return `${person}:totp`;
}

/** What a person scans or types, and what the form brings back: the secret, sealed for this person and a quarter of an hour. */
export interface TotpOffer {
  readonly secret: string;
  readonly uri: string;
  readonly sealed: string;
}

/** @param again the sealed offer of a form that was refused, so that what was scanned already stays good */
export function offerTotp(services: Services, person: Stored<Person>, again?: string): TotpOffer {
  const known = again === undefined ? undefined : openOffer(services, person, again);
  const secret = known ?? newTotpSecret();
  const until = services.clock.now() + offerMs;
  const account = person.email ?? person.username ?? person.name;
  return {
    secret,
    uri: totpUri(secret, services.settings.company ?? 'Gatehouse', account),
    sealed:
      known !== undefined && again !== undefined
        ? again
        : services.seal.seal(
            'totp-offer',
            JSON.stringify({ person: person.id, secret, until, ...accountStateOf(person) }),
          ),
  };
}

function openOffer(services: Services, person: Stored<Person>, sealed: string): string | undefined {
  try {
    const offer = JSON.parse(services.seal.open('totp-offer', sealed)) as {
      person: string;
      secret: string;
      until: number;
    } & AccountState;
    const good = offer.person === person.id && services.clock.now() < offer.until && isSameAccountState(offer, person);
    return good ? offer.secret : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Adds the authenticator app, in place of the one before, if there was one: there is one for each person. The code proves
 * that it was scanned, and is spent with it.
 * @returns what to commit. @throws HubError `invalid` at `code` when the code is not right or the offer too old
 */
export async function totpEnrolment(
  services: Services,
  origin: Origin,
  person: Stored<Person>,
  given: { readonly sealed: string; readonly code: string; readonly label: string },
): Promise<Commit> {
  const secret = openOffer(services, person, given.sealed);
  const now = services.clock.now();
  const step = secret === undefined ? undefined : stepOfCode(secret, given.code, now);
  if (secret === undefined || step === undefined)
    throw new HubError('invalid', 'The code is not right', { faults: [{ path: 'code', message: 'is not right' }] });
  const turn = await turnOfFactors(services, person.id);
  const { totp: before } = await credentialsOf(services, person.id);
  const data: TotpCredential = {
    person: person.id,
    kind: 'totp',
    label: labelOf(given.label),
    sealed: services.seal.seal(purpose, secret),
    step,
    createdAt: now,
    changedAt: now,
  };
  const id = totpId(person.id);
  const rest = { collection: credentials, id, data, tag: spentTag };
  const who = await about(services, origin, person);
  const event = (type: 'credential.added' | 'credential.removed') =>
    draft(origin, type, 'success', { ...who, detail: { kind: 'totp' } });
  return {
    changes: [
      turn,
      sameAccount(person),
      before === undefined ? { kind: 'insert', ...rest } : { kind: 'replace', ...rest, ifVersion: before.version },
      ...credentialNotice(services, origin, person, 'app-added'),
    ],
    events: [...(before === undefined ? [] : [event('credential.removed')]), event('credential.added')],
  };
}

/** What spends this code of the app, or undefined when it is wrong or its time step is dead. */
export function totpSpending(services: Services, totp: Stored<TotpCredential>, code: string): Change | undefined {
  const now = services.clock.now();
  const step = stepOfCode(services.seal.open(purpose, totp.sealed), code, now);
  if (step === undefined || step <= totp.step) return undefined;
  return {
    kind: 'update',
    collection: credentials,
    id: totp.id,
    where: { step: totp.step },
    set: { step, usedAt: now },
    tag: spentTag,
  };
}
