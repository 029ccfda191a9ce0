import { appendFileSync } from 'node:fs';
import type { TestContext } from 'node:test';

/** What must be there on the machine that decides about a change: a kind that is missing is a fault, not an excuse. */
const owedInCi = new Set(['Chromium', 'MongoDB', 'OpenLDAP', 'Glewlwyd', 'Tryton', 'scim2', 'Apache']);

/**
 * Says that a kind of test cannot run on this machine. The runner prints one line per kind at the end; with CI=true a kind
 * that the machine owes fails instead.
 *
 * @param kind as in "NOT RUN: <kind>: <why>", the same for all tests of the kind.
 */
export function notRun(t: TestContext, kind: string, why: string): void {
  if (process.env.CI === 'true' && owedInCi.has(kind)) throw new Error(`${kind} is missing on this machine: ${why}`);
  const record = process.env.GATEHOUSE_NOT_RUN;
  if (record !== undefined) appendFileSync(record, `${JSON.stringify({ kind, why })}\n`);
  t.skip(`${kind}: ${why}`);
}
