import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { credentials, type PasskeyCredential, people, type TotpCredential } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { credentialNotice } from '../mail/notices.ts';
import { about } from '../people/about.ts';
import type { Services } from '../services.ts';
import { credentialsOf } from './credentials.ts';
import { labelOf } from './label.ts';
import { endRecoveryCodes } from './recovery-codes.ts';
import { forgetBrowsers } from './remembered.ts';
import { lostFactorTurn, turnOfFactors } from './turn.ts';

type Factor = Stored<TotpCredential> | Stored<PasskeyCredential>;

/** Every second factor of a person, the authenticator app first. */
export async function factorsOf(services: Services, person: string): Promise<readonly Factor[]> {
  const { totp, passkeys } = await credentialsOf(services, person);
  return [...(totp === undefined ? [] : [totp]), ...passkeys];
}

async function factorOf(services: Services, person: string, id: string): Promise<{ factor: Factor; last: boolean }> {
  const all = await factorsOf(services, person);
  const factor = all.find((one) => one.id === id);
  if (factor === undefined) throw new HubError('not-found', 'There is no such way to sign in');
  return { factor, last: all.length === 1 };
}

/**
 * Takes one second factor from a person. With the last one go recovery codes and remembered browsers, which stand in for it.
 * @throws HubError `not-found`, `conflict` when another changes at this moment
 */
export async function removeFactor(services: Services, origin: Origin, personId: string, id: string): Promise<void> {
  const turn = await turnOfFactors(services, personId);
  const person = await services.store.get(people, personId);
  const { factor, last } = await factorOf(services, personId, id);
  if (person === undefined) throw new HubError('not-found', 'There is no such person');
  const standIns = last
    ? [...(await endRecoveryCodes(services, personId)), ...(await forgetBrowsers(services, personId))]
    : [];
  const removal: Change = { kind: 'remove', collection: credentials, id, ifVersion: factor.version };
  const who = await about(services, origin, person);
  const notice = credentialNotice(services, origin, person, 'factor-removed');
  await services.store
    .write({
      changes: [turn, removal, ...standIns, ...notice],
      events: [draft(origin, 'credential.removed', 'success', { ...who, detail: { kind: factor.kind } })],
    })
    .catch(lostFactorTurn);
}

/** Calls a factor something else; its name is nobody's business but its owner's, so it is not on record. */
export async function renameFactor(services: Services, personId: string, id: string, label: string): Promise<void> {
  const { factor } = await factorOf(services, personId, id);
  await services.store.write({
    changes: [
      {
        kind: 'update',
        collection: credentials,
        id,
        where: { kind: factor.kind },
        set: { label: labelOf(label), changedAt: services.clock.now() },
      },
    ],
  });
}
