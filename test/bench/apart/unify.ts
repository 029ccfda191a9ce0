/**
 * How long matching takes and what it needs at its height, at three sizes, each in a process of its own:
 * `node test/bench/apart/unify.ts` or `npm run bench -- --unify`. A child is called with its size.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { draftsOf } from '#domain/unify/outcome/groups.ts';
import { readAccounts } from '#domain/unify/read/list.ts';
import { match } from '#domain/unify/unify.ts';
import { makeCompany } from '#test/support/companies/company.ts';

export interface Matching {
  /** Rows of the CRM, of the ERP. */
  readonly crm: number;
  readonly erp: number;
  readonly seconds: number;
  /** Processor seconds: what to trust on a busy machine. */
  readonly cpu: number;
  /** Resident at its height, in MiB, the files and the program included. */
  readonly peak: number;
  readonly sure: number;
  readonly doubts: number;
}

/** Rows of each file, roughly. */
export const sizes = [5_000, 20_000, 50_000];

function here(rows: number): Matching {
  // About six in ten people stand in the CRM, three in four in the ERP.
  const made = makeCompany(Math.round(rows / 0.65), 11);
  const [started, before] = [performance.now(), process.cpuUsage()];
  const crm = readAccounts(made.crm, 'system').accounts;
  const erp = readAccounts(made.erp, 'system').accounts;
  const drafts = draftsOf(match(crm, erp));
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  const cpu = (user + system) / 1e6;
  const count = (kind: string): number => drafts.filter((one) => one.kind === kind).length;
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  return { crm: crm.length, erp: erp.length, seconds, cpu, peak, sure: count('sure'), doubts: count('doubt') };
}

/** One size in a process of its own, so that the memory is its own too. */
export function measureMatching(rows: number): Matching {
  const out = execFileSync(process.execPath, [fileURLToPath(import.meta.url), String(rows)], { encoding: 'utf8' });
  return JSON.parse(out) as Matching;
}

/** A line for people. */
export function matchingInWords({ crm, erp, seconds, cpu, peak, sure, doubts }: Matching): string {
  return `${crm} + ${erp} rows: ${seconds.toFixed(1)} s (${cpu.toFixed(1)} s of processor), ${peak} MiB at its height; ${sure} sure, ${doubts} to review`;
}

const [, program, size] = process.argv;
if (program === fileURLToPath(import.meta.url)) {
  if (size === undefined) for (const rows of sizes) process.stdout.write(`${matchingInWords(measureMatching(rows))}\n`);
  else process.stdout.write(JSON.stringify(here(Number(size))));
}
