import { type Assurance, strictest } from '#domain/assurance.ts';
import type { Stored } from '#storage/collection.ts';
import {
  type Credential,
  credentials,
  type PasskeyCredential,
  type PasswordCredential,
  type TotpCredential,
} from '#storage/collections.ts';
import type { Services } from '../services.ts';

/** Everything a person can sign in with, recovery codes apart. */
export interface Credentials {
  readonly password: Stored<PasswordCredential> | undefined;
  readonly totp: Stored<TotpCredential> | undefined;
  readonly passkeys: readonly Stored<PasskeyCredential>[];
}

/** With the password and the one authenticator app that makes ten, which the embedded store answers from memory. */
export const mostPasskeys = 8;

type Of<K extends Credential['kind']> = Stored<Extract<Credential, { kind: K }>>;

/** All of a person's credentials, in one read. */
export async function credentialsOf({ store }: Pick<Services, 'store'>, person: string): Promise<Credentials> {
  const { items } = await store.find(credentials, { where: { person }, limit: mostPasskeys + 2 });
  const of = <K extends Credential['kind']>(kind: K) => items.filter((one): one is Of<K> => one.kind === kind);
  return { password: of('password')[0], totp: of('totp')[0], passkeys: of('passkey') };
}

export function hasSecondFactor({ totp, passkeys }: Credentials): boolean {
  return totp !== undefined || passkeys.length > 0;
}

/** The strongest sign-in that these allow. */
export function strongestBy({ totp, passkeys }: Credentials): Assurance {
  return strictest(totp && 'mfa', passkeys.length > 0 ? 'phishing-resistant' : undefined);
}
