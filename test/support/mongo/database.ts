import { randomBytes } from 'node:crypto';

/** The address with a database name that nobody else uses. */
export function databaseIn(address: string): string {
  const name = `test_${randomBytes(6).toString('hex')}`;
  // Several hosts in one address are not what URL understands.
  const [, head = '', query = ''] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)\/?[^?]*(\?.*)?$/.exec(address) ?? [];
  return `${head}/${name}${query}`;
}
