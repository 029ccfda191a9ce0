import { Secret, TOTP } from 'otpauth';
import { credentialsOf } from '#actions/factors/credentials.ts';
import { renewRecoveryCodes } from '#actions/factors/recovery-codes.ts';
import { offerTotp, totpEnrolment } from '#actions/factors/totp.ts';
import type { Services } from '#actions/services.ts';
import type { Origin } from '#domain/audit/event.ts';
import type { Stored } from '#storage/collection.ts';
import type { Person } from '#storage/collections.ts';

const operator: Origin = { actor: { kind: 'operator' } };

/** Somebody's phone: shows the code of a moment. */
export interface Phone {
  /** @param ahead seconds from now on */
  code(ahead?: number): string;
}

/** The app that scanned this secret. @param now the hub's clock, in ms */
export function phoneWith(secret: string, now: () => number): Phone {
  const totp = new TOTP({ secret: Secret.fromBase32(secret.replaceAll(' ', '')), digits: 6, period: 30 });
  return { code: (ahead = 0) => totp.generate({ timestamp: now() + ahead * 1000 }) };
}

/** Sets up an authenticator app and ten recovery codes; the code of this moment is spent by that. */
export async function withFactors(
  services: Services,
  person: Stored<Person>,
): Promise<{ phone: Phone; codes: readonly string[] }> {
  const now = () => services.clock.now();
  const { secret, sealed } = offerTotp(services, person);
  const phone = phoneWith(secret, now);
  await services.store.write(
    await totpEnrolment(services, operator, person, { sealed, code: phone.code(), label: 'Phone' }),
  );
  const { codes, commit } = await renewRecoveryCodes(services, operator, person);
  await services.store.write(commit);
  return { phone, codes };
}

export async function stepOf(services: Services, person: string): Promise<number | undefined> {
  return (await credentialsOf(services, person)).totp?.step;
}
