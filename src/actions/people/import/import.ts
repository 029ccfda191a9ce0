import { setImmediate } from 'node:timers/promises';
import type { Origin } from '#domain/audit/event.ts';
import { type PeopleRow, readPeople } from '#domain/people/csv/rows.ts';
import type { Services } from '../../services.ts';
import { loadRows } from './load.ts';
import { parts } from './parts.ts';
import { type ImportFault, type PlannedRow, planRows, startPlan } from './plan.ts';

export interface ImportOptions {
  /** Load the good rows although there are bad ones. A file that cannot be read as a whole is never loaded. */
  readonly skipBad?: boolean | undefined;
  /** E-mail addresses count as verified where the file does not say otherwise. */
  readonly emailsVerified?: boolean | undefined;
  /** Tell what would happen; write nothing. */
  readonly dryRun?: boolean | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface ImportReport {
  /** Was anything of the file taken in? False when it has faults (and they were not to be skipped), and for a dry run. */
  readonly loaded: boolean;
  /** People in the file, good and bad. */
  readonly rows: number;
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Bad rows; they are in `faults`, some maybe several times. */
  readonly skipped: number;
  /** By line. */
  readonly faults: readonly ImportFault[];
}

const rowsBetweenPauses = 1000;

/**
 * Takes people in from a CSV (contract.md, "People CSV"). Every fault is known before the first write; with any of them
 * nothing is loaded unless bad rows are to be skipped. The same file again changes nothing.
 * @throws HubError `conflict` when people change meanwhile in a way that makes a row bad; what was loaded stays
 */
export async function importPeople(
  services: Services,
  origin: Origin,
  source: Uint8Array | string,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const { rows, faults, unreadable } = await read(source, options);
  const planned: PlannedRow[] = [];
  const plan = await startPlan(services, origin);
  for (const part of parts(rows, planPart)) {
    const result = await planRows(plan, part);
    planned.push(...result.planned);
    faults.push(...result.faults);
    await setImmediate();
  }
  faults.sort((a, b) => a.line - b.line);
  const bad = new Set(faults.map((fault) => fault.line)).size;
  const loaded = !unreadable && !options.dryRun && (faults.length === 0 || options.skipBad === true);
  if (loaded) await loadRows(plan, planned, options.onProgress);
  const count = (kind: PlannedRow['kind']) => planned.filter((row) => row.kind === kind).length;
  return {
    loaded,
    rows: unreadable ? 0 : planned.length + bad,
    created: count('create'),
    changed: count('change'),
    unchanged: count('same'),
    skipped: unreadable ? 0 : bad,
    faults,
  };
}

/** Rows planned with one round of look-ups. */
const planPart = 400;

async function read(source: Uint8Array | string, { emailsVerified }: ImportOptions) {
  const rows: PeopleRow[] = [];
  const faults: ImportFault[] = [];
  let unreadable = false;
  let read = 0;
  for (const item of readPeople(source)) {
    if (item.kind === 'fault') {
      faults.push({ line: item.line, path: item.path, message: item.message });
      unreadable ||= item.wholeFile;
    } else if (emailsVerified && item.patch.emailVerified === undefined)
      rows.push({ ...item, patch: { ...item.patch, emailVerified: true } });
    else rows.push(item);
    // A big file must not keep the server from answering others.
    if (++read % rowsBetweenPauses === 0) await setImmediate();
  }
  return { rows, faults, unreadable };
}
