import { Secret, TOTP } from 'otpauth';

/** Time-based codes (RFC 6238) as every authenticator app understands them: SHA-1, six digits, thirty seconds. */
const digits = 6;
const period = 30;
/** Steps before and after now that count as well: clocks of phones differ, and people type slowly. */
const drift = 1;

/** A new shared secret of 160 bits (RFC 4226, 4), base32. */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** The address that the QR code holds. */
export function totpUri(secret: string, issuer: string, account: string): string {
  return new TOTP({ secret: Secret.fromBase32(secret), issuer, label: account, digits, period }).toString();
}

/** The time step whose code this is, or undefined. Spaces in the code do not count. @param now in milliseconds */
export function stepOfCode(secret: string, code: string, now: number): number | undefined {
  const token = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return undefined;
  const totp = new TOTP({ secret: Secret.fromBase32(secret), digits, period });
  const delta = totp.validate({ token, timestamp: now, window: drift });
  return delta === null ? undefined : Math.floor(now / 1000 / period) + delta;
}
