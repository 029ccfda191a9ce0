import { randomInt } from 'node:crypto';
import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { normalCode } from '#domain/user-code.ts';
import { breakGlassCodes, breakGlassUses } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { about } from '../people/about.ts';
import type { Services } from '../services.ts';
import { ensureGlassAccount, glassAccount } from './account.ts';

/** Without what is easily confused when read from paper; sixteen of them are 79 bits. */
const letters = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
const length = 16;
export const mostCodes = 20;

export function glassCodeId({ seal }: Pick<Services, 'seal'>, code: string): string {
  return seal.mac('break-glass', normalCode(code));
}

function newCode(): string {
  const code = Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
  return code.replace(/(.{4})(?=.)/g, '$1-');
}

/**
 * Makes the codes for the envelope; with `replace` those of before are dead in the same commit.
 * @returns the codes, which are shown this once
 * @throws HubError `invalid` for a count that makes no sense, `conflict` when there are codes already, or somebody printed meanwhile
 */
export async function printGlassCodes(
  services: Services,
  origin: Origin,
  { count, replace }: { readonly count: number; readonly replace: boolean },
): Promise<readonly string[]> {
  if (!Number.isInteger(count) || count < 1 || count > mostCodes)
    throw new HubError('invalid', `Print between 1 and ${mostCodes} codes`);
  const before = (await services.store.find(breakGlassCodes, { limit: 1000 })).items;
  if (before.length > 0 && !replace)
    throw new HubError(
      'conflict',
      `There are ${before.length} unused codes already; \`break-glass replace\` makes new ones and ends those`,
    );
  const person = await ensureGlassAccount(services, origin);
  const codes = Array.from({ length: count }, newCode);
  const data = { createdAt: services.clock.now() };
  const who = await about(services, origin, person);
  await services.store.write({
    changes: [
      ...before.map(
        ({ id, version }): Change => ({ kind: 'remove', collection: breakGlassCodes, id, ifVersion: version }),
      ),
      ...codes.map(
        (code): Change => ({ kind: 'insert', collection: breakGlassCodes, id: glassCodeId(services, code), data }),
      ),
    ],
    events: [
      draft(origin, before.length > 0 ? 'credential.reset' : 'credential.added', 'success', {
        ...who,
        detail: { kind: 'break-glass-codes', count },
      }),
    ],
  });
  return codes;
}

export interface GlassStatus {
  /** May it be used at all (`breakGlass.enabled`)? */
  readonly enabled: boolean;
  /** Person id, once codes were printed. */
  readonly account: string | undefined;
  readonly codesLeft: number;
  /** When the codes that are left were printed, in ms. */
  readonly printedAt: number | undefined;
  /** Every use, newest first; `open` until an owner said why. */
  readonly uses: readonly GlassUse[];
}

export interface GlassUse {
  readonly id: string;
  readonly at: number;
  readonly state: 'open' | 'acknowledged';
  readonly by?: string | undefined;
  readonly acknowledgedAt?: number | undefined;
  readonly reason?: string | undefined;
}

export async function glassStatus(services: Services): Promise<GlassStatus> {
  const [account, codes, uses] = await Promise.all([
    glassAccount(services),
    services.store.find(breakGlassCodes, { limit: 1000 }),
    services.store.find(breakGlassUses, { sort: '-at', limit: 200 }),
  ]);
  return {
    enabled: services.settings.breakGlass.enabled && account?.status === 'active',
    account: account?.id,
    codesLeft: codes.items.length,
    printedAt: codes.items[0]?.createdAt,
    uses: uses.items.map(({ id, at, state, by, acknowledgedAt, reason }) => ({
      id,
      at,
      state,
      by,
      acknowledgedAt,
      reason,
    })),
  };
}
