import type { AuthenticationResponseJSON, PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import { z } from 'zod';
import type { Stored } from '#storage/collection.ts';
import { credentials, type PasskeyCredential } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import type { Services } from '../../services.ts';
import { spentTag } from '../totp.ts';
import { keepChallenge, spendChallenge } from './challenge.ts';
import { passkeyId, passkeyMethods } from './enrol.ts';
import { webAuthn } from './library.ts';
import { challengeMs, relyingParty, userHandle } from './relying-party.ts';

/** What the browser is asked to sign. @param passkeys those that would do; undefined: whichever it finds for the hub */
export async function passkeyRequest(
  services: Services,
  bound: string,
  passkeys?: readonly PasskeyCredential[],
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await webAuthn();
  const options = await generateAuthenticationOptions({
    rpID: relyingParty(services).id,
    timeout: challengeMs,
    userVerification: 'required',
    ...(passkeys === undefined ? {} : { allowCredentials: passkeys.map(({ credential }) => ({ id: credential })) }),
  });
  await keepChallenge(services, bound, options.challenge);
  return options;
}

const text = z.string().max(20_000);
const answerSchema = z.object({
  id: z.string().min(1).max(2000),
  rawId: text,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: text,
    authenticatorData: text,
    signature: text,
    userHandle: text.nullish(),
  }),
});

/** The browser's answer as it was posted, checked for its shape alone. */
export function readAnswer(posted: string): AuthenticationResponseJSON | undefined {
  try {
    const { response, ...answer } = answerSchema.parse(JSON.parse(posted));
    const { userHandle: handle, ...rest } = response;
    return {
      ...answer,
      response: { ...rest, ...(typeof handle === 'string' ? { userHandle: handle } : {}) },
      clientExtensionResults: {},
    };
  } catch {
    return undefined;
  }
}

/** The passkey that an answer speaks of. */
export async function passkeyOf(
  services: Pick<Services, 'store'>,
  answer: AuthenticationResponseJSON,
): Promise<Stored<PasskeyCredential> | undefined> {
  const found = await services.store.get(credentials, passkeyId(answer.id));
  return found?.kind === 'passkey' ? found : undefined;
}

export type PasskeyProof =
  /** `spending` keeps the counter: of two answers that were signed from the same one, one counts. */
  | { readonly outcome: 'ok'; readonly amr: readonly string[]; readonly spending: Change }
  | { readonly outcome: 'refused'; readonly cause: 'challenge-over' | 'wrong-passkey' | 'counter-regressed' };

/** Checks an answer against the challenge that this flow was given, which is spent by that (WebAuthn 3, 7.2). */
export async function provePasskey(
  services: Services,
  bound: string,
  passkey: Stored<PasskeyCredential>,
  answer: AuthenticationResponseJSON,
): Promise<PasskeyProof> {
  const challenge = await spendChallenge(services, bound);
  if (challenge === undefined) return { outcome: 'refused', cause: 'challenge-over' };
  const checked = await verify(services, challenge, passkey, answer);
  const handle = answer.response.userHandle;
  const right = Buffer.from(userHandle(services, passkey.person)).toString('base64url');
  if (checked === undefined || (handle !== undefined && handle !== right))
    return { outcome: 'refused', cause: 'wrong-passkey' };
  const { newCounter, credentialBackedUp } = checked;
  // A counter that does not grow: the key was copied, or somebody replays (WebAuthn 3, 6.1.1). Zero for ever means none.
  if ((newCounter > 0 || passkey.counter > 0) && newCounter <= passkey.counter)
    return { outcome: 'refused', cause: 'counter-regressed' };
  return {
    outcome: 'ok',
    amr: passkeyMethods({ synced: credentialBackedUp }),
    spending: {
      kind: 'update',
      collection: credentials,
      id: passkey.id,
      where: { counter: passkey.counter },
      set: { counter: newCounter, synced: credentialBackedUp, usedAt: services.clock.now() },
      tag: spentTag,
    },
  };
}

async function verify(
  services: Services,
  challenge: string,
  passkey: Stored<PasskeyCredential>,
  answer: AuthenticationResponseJSON,
) {
  const { id, origin } = relyingParty(services);
  const { verifyAuthenticationResponse } = await webAuthn();
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: answer,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      // The counter is judged by the caller, who has to tell an alarm from a wrong signature.
      credential: { id: passkey.credential, publicKey: Buffer.from(passkey.publicKey, 'base64url'), counter: 0 },
    });
    return verified ? authenticationInfo : undefined;
  } catch {
    return undefined;
  }
}
