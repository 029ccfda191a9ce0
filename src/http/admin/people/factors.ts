import { recoveryCodesLeft } from '#actions/factors/recovery-codes.ts';
import { rememberedOf } from '#actions/factors/remembered.ts';
import { factorsOf } from '#actions/factors/remove.ts';
import type { Services } from '#actions/services.ts';

/** What a person signs in with beside the password, for the console: kinds and times, nothing that proves anything. */
export async function factorsShown(services: Services, person: string) {
  const [factors, codesLeft, remembered] = await Promise.all([
    factorsOf(services, person),
    recoveryCodesLeft(services, person),
    rememberedOf(services, person),
  ]);
  return {
    factors: factors.map(({ kind, label, createdAt, usedAt }) => ({ kind, label, createdAt, usedAt })),
    codesLeft,
    remembered: remembered.length,
  };
}
