import { randomInt } from 'node:crypto';
import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, recoveryCodes } from '#storage/collections.ts';
import type { Change, Commit } from '#storage/port.ts';
import { credentialNotice } from '../mail/notices.ts';
import { about } from '../people/about.ts';
import type { Services } from '../services.ts';
import { spentTag } from './totp.ts';

const howMany = 10;
/** Without what is easily confused when read from paper. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
const length = 12;

/** As it is compared: case, spaces and dashes do not count. */
function normal(code: string): string {
  return code.toLowerCase().replace(/[\s-]/g, '');
}

/** 59 bits of chance are too few for a bare hash, so the hub's own secret goes into it. */
function idOf({ seal }: Pick<Services, 'seal'>, person: string, code: string): string {
  return seal.mac('recovery-code', `${person}:${normal(code)}`);
}

function newCode(): string {
  const code = Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
  return `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;
}

async function unspent({ store }: Pick<Services, 'store'>, person: string) {
  return (await store.find(recoveryCodes, { where: { person }, limit: 100 })).items;
}

/** How many of a person's codes are left. */
export async function recoveryCodesLeft(services: Pick<Services, 'store'>, person: string): Promise<number> {
  return (await unspent(services, person)).length;
}

/** What ends all of a person's codes, for the commit of whoever ends them. */
export async function endRecoveryCodes(services: Pick<Services, 'store'>, person: string): Promise<Change[]> {
  return (await unspent(services, person)).map(({ id }) => ({ kind: 'remove', collection: recoveryCodes, id }));
}

/** Makes ten new codes; those before are dead with the same commit. @returns the codes, which are shown this once */
export async function renewRecoveryCodes(
  services: Services,
  origin: Origin,
  person: Stored<Person>,
): Promise<{ readonly codes: readonly string[]; readonly commit: Commit }> {
  const now = services.clock.now();
  const codes = Array.from({ length: howMany }, newCode);
  const data = { person: person.id, createdAt: now };
  const before = await endRecoveryCodes(services, person.id);
  const type = before.length === 0 ? 'credential.added' : 'credential.reset';
  const who = await about(services, origin, person);
  return {
    codes,
    commit: {
      changes: [
        ...before,
        // The first ones come with a factor, which has a notice of its own.
        ...(before.length === 0 ? [] : credentialNotice(services, origin, person, 'codes-made')),
        ...codes.map(
          (code): Change => ({ kind: 'insert', collection: recoveryCodes, id: idOf(services, person.id, code), data }),
        ),
      ],
      events: [draft(origin, type, 'success', { ...who, detail: { kind: 'recovery-codes', by: 'owner' } })],
    },
  };
}

/** What spends this code, or undefined when it is none of the person's. */
export async function recoverySpending(services: Services, person: string, code: string): Promise<Change | undefined> {
  if (normal(code).length !== length) return undefined;
  const found = await services.store.get(recoveryCodes, idOf(services, person, code));
  if (found === undefined) return undefined;
  return {
    kind: 'remove',
    collection: recoveryCodes,
    id: found.id,
    ifVersion: found.version,
    tag: spentTag,
  };
}

/** A code is for who has a second factor to lose. @throws HubError `conflict` */
export function requireSomethingToRecover(has: boolean): void {
  if (!has) throw new HubError('conflict', 'Add a passkey or an authenticator app first');
}
