import { guessableWords } from '#actions/people/credential.ts';
import type { Services } from '#actions/services.ts';
import { fewestCharacters, mostBytes, passwordFault } from '#domain/people/password.ts';
import type { Line } from '#http/context.ts';

/** Why a new password was refused, in words of the catalogue. */
export function passwordFaultLine(
  services: Services,
  person: Parameters<typeof guessableWords>[1],
  password: string,
): Line {
  switch (passwordFault(password, guessableWords(services, person))?.reason) {
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
