import { WeakPassword } from '#actions/people/password-rules.ts';
import type { HubError } from '#domain/errors.ts';
import { fewestCharacters, mostBytes } from '#domain/people/password.ts';
import type { Line } from '#http/context.ts';

/** Why a new password was refused, in words of the catalogue. */
export function passwordFaultLine(error: HubError): Line {
  switch (error instanceof WeakPassword ? error.reason : undefined) {
    case 'too-short':
      return { key: 'password.fault.short', values: { least: fewestCharacters } };
    case 'too-long':
      return { key: 'password.fault.long', values: { most: mostBytes } };
    case 'guessable':
      return { key: 'password.fault.guessable' };
    default:
      return { key: 'password.fault.weak' };
  }
}
