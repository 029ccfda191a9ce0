/** Why a directory lets somebody with the right password not in, or not yet. */
export type AccountTrouble =
  | 'directory-disabled'
  | 'directory-locked'
  | 'directory-expired'
  | 'password-expired'
  | 'password-must-change'
  | 'directory-hours';

/** The codes that Active Directory puts into the diagnostic message of a refused bind (result 49), as hexadecimal digits. */
const diagnostics: Readonly<Record<string, AccountTrouble>> = {
  '530': 'directory-hours',
  '531': 'directory-hours',
  '532': 'password-expired',
  '533': 'directory-disabled',
  '701': 'directory-expired',
  '773': 'password-must-change',
  '775': 'directory-locked',
};

/** What the message of a refused bind says beside "wrong": `… AcceptSecurityContext error, data 533, v4563`. */
export function diagnosticTrouble(message: string): AccountTrouble | undefined {
  const code = /AcceptSecurityContext error, data ([\da-f]{1,8}),/i.exec(message)?.[1]?.toLowerCase();
  return code === undefined || !Object.hasOwn(diagnostics, code) ? undefined : diagnostics[code];
}

/** Attributes that tell of the state of an account, as far as a directory has them. */
export const stateAttributes = [
  'userAccountControl',
  'lockoutTime',
  'accountExpires',
  'pwdAccountLockedTime',
  'pwdReset',
] as const;

const flags = { disabled: 0x2, passwordExpired: 0x80_0000 } as const;
/** Between 1601, where Active Directory counts from in units of 100 ns, and 1970, in milliseconds. */
const epoch1601 = 11_644_473_600_000;

/**
 * The state that an entry itself tells of. `pwdAccountLockedTime` is believed only where it means for good (`000001010000Z`): a lock with an
 * end is the directory's own business at the bind, and so is `lockoutTime`, which stays after its time is over.
 * @param read the first value of an attribute, if there is one
 * @param now milliseconds
 */
export function entryTrouble(read: (attribute: string) => string | undefined, now: number): AccountTrouble | undefined {
  const control = Number(read('userAccountControl') ?? 0);
  if ((control & flags.disabled) !== 0) return 'directory-disabled';
  const expires = read('accountExpires') ?? '0';
  const never = expires === '0' || expires === '9223372036854775807';
  if (!never && /^\d+$/.test(expires) && Number(expires) / 10_000 - epoch1601 <= now) return 'directory-expired';
  if (read('pwdAccountLockedTime') === '000001010000Z') return 'directory-locked';
  if ((control & flags.passwordExpired) !== 0) return 'password-expired';
  if (read('pwdReset')?.toUpperCase() === 'TRUE') return 'password-must-change';
  return undefined;
}
