import type {
  PublicKeyCredentialCreationOptionsJSON,
  RegistrationResponseJSON,
  VerifiedRegistrationResponse,
} from '@simplewebauthn/server';
import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { hashedId } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { credentials, type PasskeyCredential, type Person } from '#storage/collections.ts';
import type { Commit } from '#storage/port.ts';
import { credentialNotice } from '../../mail/notices.ts';
import { about } from '../../people/about.ts';
import type { Services } from '../../services.ts';
import { credentialsOf, mostPasskeys } from '../credentials.ts';
import { labelOf } from '../label.ts';
import { sameAccount, turnOfFactors } from '../turn.ts';
import { keepChallenge, spendChallenge } from './challenge.ts';
import { webAuthn } from './library.ts';
import { challengeMs, relyingParty, userHandle } from './relying-party.ts';

/** EdDSA, ES256, RS256 (IANA COSE): what authenticators make today. */
const algorithms = [-8, -7, -257] as const;

export function passkeyId(credential: string): string {
  return `passkey:${hashedId(credential)}`;
}

/** What the browser is asked to make: a discoverable key that verifies its owner; who built the authenticator is not asked. */
export async function passkeyCreation(
  services: Services,
  person: Stored<Person>,
  bound: string,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { id, name } = relyingParty(services);
  const { passkeys } = await credentialsOf(services, person.id);
  const { generateRegistrationOptions } = await webAuthn();
  const options = await generateRegistrationOptions({
    rpID: id,
    rpName: name,
    userID: new TextEncoder().encode(userHandle(services, person.id)),
    userName: person.email ?? person.username ?? person.name,
    userDisplayName: person.name,
    timeout: challengeMs,
    attestationType: 'none',
    supportedAlgorithmIDs: [...algorithms],
    excludeCredentials: passkeys.map(({ credential }) => ({ id: credential })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  await keepChallenge(services, `enrol:${bound}`, options.challenge, person);
  return options;
}

/**
 * Adds the passkey that the browser made. Making it verified its owner, so it is proved as well.
 * @returns what to commit, and what was proved (RFC 8176). @throws HubError `invalid` at `answer`, `conflict` when there are too many
 */
export async function passkeyEnrolment(
  services: Services,
  origin: Origin,
  person: Stored<Person>,
  given: { readonly bound: string; readonly answer: string; readonly label: string },
): Promise<{ readonly commit: Commit; readonly amr: readonly string[] }> {
  const made = await verified(services, person, given);
  const turn = await turnOfFactors(services, person.id);
  const { passkeys } = await credentialsOf(services, person.id);
  if (passkeys.length >= mostPasskeys)
    throw new HubError('conflict', `${mostPasskeys} passkeys are enough; remove one`);
  const { credential, credentialBackedUp } = made.registrationInfo;
  const now = services.clock.now();
  const data: PasskeyCredential = {
    person: person.id,
    kind: 'passkey',
    label: labelOf(given.label),
    credential: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    transports: (credential.transports ?? []).map(String),
    synced: credentialBackedUp,
    createdAt: now,
    changedAt: now,
  };
  const who = await about(services, origin, person);
  return {
    amr: passkeyMethods(data),
    commit: {
      changes: [
        turn,
        sameAccount(person),
        { kind: 'insert', collection: credentials, id: passkeyId(credential.id), data },
        ...credentialNotice(services, origin, person, 'passkey-added'),
      ],
      events: [draft(origin, 'credential.added', 'success', { ...who, detail: { kind: 'passkey' } })],
    },
  };
}

/** RFC 8176: a key that stays in its authenticator, or one that is copied; with its owner verified it is two factors. */
export function passkeyMethods({ synced }: Pick<PasskeyCredential, 'synced'>): string[] {
  return [synced ? 'swk' : 'hwk', 'user', 'mfa'];
}

async function verified(
  services: Services,
  person: Stored<Person>,
  { bound, answer }: { readonly bound: string; readonly answer: string },
): Promise<VerifiedRegistrationResponse & { verified: true }> {
  const refused = (cause?: unknown) =>
    new HubError('invalid', 'The passkey could not be made', {
      faults: [{ path: 'answer', message: 'is not right' }],
      cause,
    });
  const challenge = await spendChallenge(services, `enrol:${bound}`, person);
  if (challenge === undefined) throw refused();
  const { id, origin } = relyingParty(services);
  const { verifyRegistrationResponse } = await webAuthn();
  try {
    const result = await verifyRegistrationResponse({
      response: JSON.parse(answer) as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...algorithms],
    });
    if (!result.verified) throw refused();
    return result;
  } catch (fault) {
    throw fault instanceof HubError ? fault : refused(fault);
  }
}
