import { setImmediate } from 'node:timers/promises';
import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Services } from '../../services.ts';
import { effectOf, type PersonEffect } from './effects.ts';
import { type ImportReport, isLoadable, reportOf } from './import.ts';
import type { Leavers } from './leavers.ts';
import { digestOf, type FileOptions, type PlannedFile, planFile } from './planned-file.ts';

/** What a file would do now, person by person. */
export interface ImportPreview extends Omit<ImportReport, 'loaded'> {
  /** SHA-256 of the file, how it is taken and everything it rests on: loading under it loads this or nothing. */
  readonly digest: string;
  /** Can it be loaded? False with bad rows that are not to be skipped. */
  readonly loadable: boolean;
  /** Of those changed: who loses and who gets the account. */
  readonly disabled: number;
  readonly enabled: number;
  /** Permissions that somebody gains and loses, and breaches that appear and vanish, counted. */
  readonly gains: number;
  readonly losses: number;
  readonly conflicts: { readonly appear: number; readonly vanish: number };
  /** When those missing from the file are to leave. */
  readonly leavers?: Pick<Leavers, 'active' | 'many' | 'spared'>;
  /** Everybody but those who stay as they are, in the order of the file; who leaves comes last. */
  readonly people: readonly PersonEffect[];
}

/** @throws HubError `invalid` */
export async function previewImport(
  services: Services,
  origin: Origin,
  source: Uint8Array | string,
  options: FileOptions,
): Promise<{ preview: ImportPreview; file: PlannedFile }> {
  const file = await planFile(services, origin, source, options);
  const people: PersonEffect[] = [];
  for (const row of file.planned) {
    if (row.kind === 'same') continue;
    people.push(await effectOf(file.plan, row));
    if (people.length % 500 === 0) await setImmediate();
  }
  const { loaded: _, ...counts } = reportOf(file, false);
  const count = (act: PersonEffect['act']) => people.filter((one) => one.act === act).length;
  const sum = (of: (one: PersonEffect) => number) => people.reduce((total, one) => total + of(one), 0);
  const { leavers } = file;
  const preview: ImportPreview = {
    digest: digestOf(file, source, options),
    loadable: isLoadable(file, options),
    ...counts,
    disabled: count('disable'),
    enabled: count('enable'),
    gains: sum(({ permissions }) => permissions.gains.length),
    losses: sum(({ permissions }) => permissions.losses.length),
    conflicts: {
      appear: sum(({ conflicts }) => conflicts.appear.length),
      vanish: sum(({ conflicts }) => conflicts.vanish.length),
    },
    ...(leavers === undefined
      ? {}
      : { leavers: { active: leavers.active, many: leavers.many, spared: leavers.spared } }),
    people,
  };
  return { preview, file };
}

/** Refuses what a preview said cannot be loaded. @throws HubError `invalid` with the faults by line */
export function requireLoadable({ loadable, faults }: Pick<ImportPreview, 'loadable' | 'faults'>): void {
  if (loadable) return;
  throw new HubError('invalid', 'Nothing was loaded: some rows are bad', {
    faults: faults.map(({ line, path, message }) => ({ path: `line ${line} ${path}`.trim(), message })),
  });
}
