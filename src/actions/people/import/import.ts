import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Services } from '../../services.ts';
import { requireFew } from './leavers.ts';
import { loadRows } from './load.ts';
import type { ImportFault, PlannedRow } from './plan.ts';
import { digestOf, type FileOptions, type PlannedFile, planFile } from './planned-file.ts';

export interface ImportOptions extends FileOptions {
  /** Tell what would happen; write nothing. */
  readonly dryRun?: boolean | undefined;
  /** More than a tenth of the active people are missing from the file, and they are to leave all the same. */
  readonly confirmLeavers?: boolean | undefined;
  /** The digest of a preview: load what was previewed, or nothing. */
  readonly previewed?: string | undefined;
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
  /** People who are not in the file and leave. */
  readonly left: number;
  /** Bad rows; they are in `faults`, some maybe several times. */
  readonly skipped: number;
  /** By line. */
  readonly faults: readonly ImportFault[];
}

/**
 * Takes people in from a CSV (contract.md, "People CSV"). Every fault is known before the first write; with any of them
 * nothing is loaded unless bad rows are to be skipped. The same file again changes nothing.
 * @throws HubError `conflict` when people change meanwhile in a way that makes a row bad (what was loaded stays), or when too
 *   many would leave; `stale` when it is no longer what was previewed; `invalid`
 */
export async function importPeople(
  services: Services,
  origin: Origin,
  source: Uint8Array | string,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const file = await planFile(services, origin, source, options);
  const loaded = !options.dryRun && isLoadable(file, options);
  if (loaded) {
    if (options.previewed !== undefined && options.previewed !== digestOf(file, source, options))
      throw new HubError('stale', 'The file would not do now what the preview said; preview it again');
    requireFew(file.leavers, options.confirmLeavers === true);
    await loadRows(file.plan, file.planned, { exact: options.previewed !== undefined, onProgress: options.onProgress });
  }
  return reportOf(file, loaded);
}

/** Can it be loaded as asked? */
export function isLoadable({ unreadable, faults }: PlannedFile, { skipBad }: FileOptions): boolean {
  return !unreadable && (faults.length === 0 || skipBad === true);
}

export function reportOf({ planned, unreadable, faults, bad }: PlannedFile, loaded: boolean): ImportReport {
  const count = (kind: PlannedRow['kind']) => planned.filter((row) => row.kind === kind).length;
  const left = count('leave');
  return {
    loaded,
    rows: unreadable ? 0 : planned.length - left + bad,
    created: count('create'),
    changed: count('change'),
    unchanged: count('same'),
    left,
    skipped: unreadable ? 0 : bad,
    faults,
  };
}
