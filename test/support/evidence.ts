import { appendFileSync } from 'node:fs';

/** One thing that was seen to work with something real, or with a stand-in for it. */
export interface Evidence {
  /** Id of the provider module, or the name of a client. */
  readonly product: string;
  /** What played it: `mod_auth_openidc`, `stand-in: body secret, no PKCE`. */
  readonly part: string;
  /** What was done: `sign-in`, `claims`, `sign-out`. */
  readonly act: string;
  /** What was seen, in a few words. */
  readonly result: string;
}

/** Adds a row to the table that `npm run interop` prints. To be called after the assertions that it tells of. */
export function evidence(row: Evidence): void {
  const file = process.env.GATEHOUSE_EVIDENCE;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(row)}\n`);
}
