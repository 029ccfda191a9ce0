import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { canonical } from '#domain/audit/canonical.ts';
import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { type PeopleRow, readPeople } from '#domain/people/csv/rows.ts';
import type { Services } from '../../services.ts';
import { type Leavers, leaversOf } from './leavers.ts';
import { parts } from './parts.ts';
import { type ImportFault, type Plan, type PlannedRow, planRows, startPlan } from './plan.ts';

/** How a file is to be taken; a preview and what applies it have to say the same. */
export interface FileOptions {
  /** Load the good rows although there are bad ones. A file that cannot be read as a whole is never loaded. */
  readonly skipBad?: boolean | undefined;
  /** E-mail addresses count as verified where the file does not say otherwise. */
  readonly emailsVerified?: boolean | undefined;
  /** Whoever is active and not in the file leaves. */
  readonly leavers?: boolean | undefined;
}

/** A file as it would be loaded now. */
export interface PlannedFile {
  readonly plan: Plan;
  /** In the order of the file; those who leave come last, with line 0. */
  readonly planned: readonly PlannedRow[];
  /** By line. */
  readonly faults: readonly ImportFault[];
  /** Lines with a fault. */
  readonly bad: number;
  /** The file as a whole cannot be read. */
  readonly unreadable: boolean;
  /** Undefined: nobody asked, or a bad row makes it impossible to say. */
  readonly leavers: Leavers | undefined;
}

const rowsBetweenPauses = 1000;
/** Rows planned with one round of look-ups. */
const planPart = 400;

/**
 * Looks at every row, and writes nothing.
 * @throws HubError `invalid` when bad rows are to be skipped and those missing are to leave: a bad row may be anybody
 */
export async function planFile(
  services: Services,
  origin: Origin,
  source: Uint8Array | string,
  options: FileOptions,
): Promise<PlannedFile> {
  if (options.skipBad && options.leavers)
    throw new HubError('invalid', 'With bad rows left out nobody can say who is missing from the file', {
      faults: [{ path: 'leavers', message: 'goes with a file without bad rows; put them right' }],
    });
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
  const asked = options.leavers === true && faults.length === 0;
  const leavers = asked ? await leaversOf(plan) : undefined;
  return {
    plan,
    planned: [...planned, ...(leavers?.rows ?? [])],
    faults,
    bad: new Set(faults.map((fault) => fault.line)).size,
    unreadable,
    leavers,
  };
}

async function read(source: Uint8Array | string, { emailsVerified }: FileOptions) {
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

/** One person as a plan rests on them: line, what is done, id and version (0 for somebody new), and whether a password comes. */
export type PlannedMark = readonly [line: number, kind: string, id: string, version: number, password: boolean];

export function marksOf({ planned }: PlannedFile): PlannedMark[] {
  return planned.map(({ row, kind, before, givesPassword }) => [
    row.line,
    kind,
    before?.id ?? '',
    before?.version ?? 0,
    givesPassword,
  ]);
}

/** SHA-256 (hex) of everything that a load rests on: the file's bytes, how it is taken, the policy, each person's version. */
export function digestOf(file: PlannedFile, source: Uint8Array | string, options: FileOptions): string {
  const { skipBad = false, emailsVerified = false, leavers = false } = options;
  const content = createHash('sha256').update(source).digest('hex');
  const rest = { content, options: { skipBad, emailsVerified, leavers }, policy: file.plan.policy.number };
  return createHash('sha256')
    .update(canonical({ ...rest, rows: marksOf(file) }))
    .digest('hex');
}
