import { randomInt } from 'node:crypto';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A client secret of letters and digits alone, which every product can send in a header unencoded; about 256 bits. */
export function newClientSecret(): string {
  return Array.from({ length: 43 }, () => letters[randomInt(letters.length)]).join('');
}

/** Do clients of this style have a secret? */
export function bySecret(auth: string): boolean {
  return auth === 'client_secret_basic' || auth === 'client_secret_post';
}
