import type { FieldFault } from '../errors.ts';
import type { SystemModule } from '../providers/system-module.ts';
import { type Claimant, type HeldInSystem, personalClaims, rightsClaims } from './claims.ts';

/**
 * How large the claims of one person in one system are: bytes of their JSON, `sub` and what the protocol adds (some 400
 * bytes) aside. Encoded, a token is a third larger; proxies commonly refuse headers above 8 KiB, hence the usual budget of 4.
 */
export function claimBytes(
  module: SystemModule,
  person: Claimant,
  login: string | undefined,
  held: HeldInSystem,
): number {
  return personalBytes(module, person, login) + rightsBytes(module, held) - 1;
}

/** The part that depends on the person. */
export function personalBytes(
  module: Pick<SystemModule, 'claims'>,
  person: Claimant,
  login: string | undefined,
): number {
  return Buffer.byteLength(JSON.stringify(personalClaims(module, person, login)));
}

/** The part that depends on what is held; the same for everybody with the same roles. */
export function rightsBytes(module: Pick<SystemModule, 'nativeClaim'>, held: HeldInSystem): number {
  return Buffer.byteLength(JSON.stringify(rightsClaims(module, held)));
}

/** The budget of one system, in bytes. @param usual the hub's own (`claims.budget`) */
export function claimsBudget(settings: Readonly<Record<string, unknown>>, usual: number): number {
  const { claimsBudget: own } = settings;
  return typeof own === 'number' && claimsBudgetFaults(settings).length === 0 ? own : usual;
}

/** What is wrong in `settings.claimsBudget`. */
export function claimsBudgetFaults({ claimsBudget: own }: Readonly<Record<string, unknown>>): FieldFault[] {
  if (own === undefined) return [];
  const right = typeof own === 'number' && Number.isInteger(own) && own >= 256 && own <= 65_536;
  return right ? [] : [{ path: 'settings.claimsBudget', message: 'has to be a number of bytes from 256 to 65536' }];
}
