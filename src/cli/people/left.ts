import { setTimeout as sleep } from 'node:timers/promises';
import { type LeavingProof, leavingProof, type SystemLeft } from '#actions/people/leaving.ts';
import type { Services } from '#actions/services.ts';
import type { Stored } from '#storage/collection.ts';
import type { Person } from '#storage/collections.ts';

/** A hub that runs carries an account within this time, in ms; what is not done by then is said as it is. */
const patience = 10_000;
const look = 300;

/** What each system knows of somebody's end, once a running hub has told it and closed the account there. */
export async function waitUntilOut(services: Services, person: Stored<Person>): Promise<LeavingProof> {
  // Without a hub nobody carries: the next start does.
  const alone = services.store.engine.exclusive === true;
  for (const until = performance.now() + patience; ; await sleep(look)) {
    const proof = await leavingProof(services, person);
    const open = proof.systems.some(
      ({ told, account }) => told === 'waiting' || account.state === 'waiting' || account.state === 'active',
    );
    if (!open || alone || performance.now() > until) return proof;
  }
}

const signedOut: Readonly<Record<SystemLeft['told'], string>> = {
  delivered: 'signed out there',
  waiting: 'sign-out on its way',
  failed: 'sign-out could not be delivered',
  'cannot-be-told': 'takes no sign-out from the hub',
  'not-entered': 'not signed in there',
};
const accountStates: Readonly<Record<SystemLeft['account']['state'], string>> = {
  disabled: 'account disabled',
  waiting: 'account is to be disabled by the connector',
  active: 'account is still active',
  none: 'no account known',
  'by-hand': 'no connector: close the account there',
};

/** One system in a line for people. */
export function leftLine({ system, login, told, account, closeAt }: SystemLeft): string {
  const read = account.at === undefined ? '' : `, read again at ${new Date(account.at).toISOString()}`;
  const where = account.state === 'by-hand' && closeAt !== undefined ? ` (${closeAt})` : '';
  const error = account.error === undefined ? '' : `: ${account.error}`;
  return `${system.padEnd(16)} ${login ?? ''}  ${signedOut[told]}; ${accountStates[account.state]}${read}${where}${error}`;
}

export function leftShown({ at, account, ...one }: SystemLeft): object {
  const iso = (ms: number | undefined) => (ms === undefined ? {} : { at: new Date(ms).toISOString() });
  return { ...one, ...iso(at), account: { ...account, ...iso(account.at) } };
}
