import { type AccountState, accountStateOf, isSameAccountState } from '#domain/people/account-state.ts';
import { hashedId } from '#platform/ids.ts';
import { passkeyChallenges } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import type { Services } from '../../services.ts';
import { challengeMs } from './relying-party.ts';

const idOf = (bound: string): string => hashedId(`passkey:${bound}`);

/**
 * Keeps a challenge for five minutes, in place of the one before.
 * @param bound what it belongs to: one interaction, one session
 * @param person who enrols by it, as they are now; nobody at a sign-in
 */
export async function keepChallenge(
  services: Services,
  bound: string,
  challenge: string,
  person?: AccountState,
): Promise<void> {
  const expiresAt = services.clock.now() + challengeMs;
  await services.store.writeNow({
    changes: [
      {
        kind: 'put',
        collection: passkeyChallenges,
        id: idOf(bound),
        data: { challenge, ...accountStateOf(person ?? {}) },
        expiresAt,
      },
    ],
  });
}

/** Spends the challenge, whatever the answer is worth: of several answers at once one gets it. @returns undefined when there is none */
export async function spendChallenge(
  services: Services,
  bound: string,
  person?: AccountState,
): Promise<string | undefined> {
  const kept = await services.store.engine.get(passkeyChallenges, idOf(bound));
  if (kept === undefined) return undefined;
  const { id, version, challenge } = kept;
  try {
    await services.store.writeNow({
      changes: [{ kind: 'remove', collection: passkeyChallenges, id, ifVersion: version }],
    });
  } catch (fault) {
    if (fault instanceof CommitConflict) return undefined;
    throw fault;
  }
  const stands = (kept.expiresAt ?? 0) > services.clock.now() && isSameAccountState(kept, person ?? {});
  return stands ? challenge : undefined;
}
