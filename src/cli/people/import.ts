import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { PersonEffect } from '#actions/people/import/effects.ts';
import { type ImportReport, importPeople } from '#actions/people/import/import.ts';
import { type ImportPreview, previewImport } from '#actions/people/import/preview.ts';
import { type CommandIo, type CommonOptions, WrongUse } from '../io.ts';
import { operatorOrigin } from '../operator.ts';
import { withHub } from './person.ts';

interface ImportOptions extends CommonOptions {
  readonly skipBad?: boolean;
  readonly emailsVerified?: boolean;
  readonly dryRun?: boolean;
  readonly preview?: boolean;
  readonly previewed?: string;
  readonly leavers?: boolean;
  readonly confirmLeavers?: boolean;
}

/** `people import FILE`: all of it or nothing; `-` is standard input. `--preview` tells person by person what it would do. */
export function importCommand(people: Command, io: CommandIo): void {
  people
    .command('import')
    .description('take people in from a CSV file; with a bad row nothing is loaded')
    .argument('<file>', 'the CSV file, or - for standard input')
    .option('--skip-bad', 'load the good rows although there are bad ones')
    .option('--emails-verified', 'the addresses are known to be theirs')
    .option('--dry-run', 'tell what would happen, change nothing')
    .option('--preview', 'tell it person by person: fields, roles, permissions, conflicts; change nothing')
    .option('--previewed <digest>', 'load what a preview of this digest showed, or nothing')
    .option('--leavers', 'whoever is active and not in the file leaves')
    .option('--confirm-leavers', 'also when that is more than a tenth of them')
    .action(async (file: string, options: ImportOptions) => {
      const source = await read(file);
      await withHub(io, async (services) => {
        const { skipBad, emailsVerified, dryRun, leavers, confirmLeavers, previewed } = options;
        if (options.preview) {
          const { preview } = await previewImport(services, operatorOrigin(), source, {
            skipBad,
            emailsVerified,
            leavers,
          });
          io.out(options, { ok: preview.loadable, ...preview }, () => previewTold(file, preview));
          if (!preview.loadable) io.refused();
          return;
        }
        const onProgress = progress(io);
        const how = { skipBad, emailsVerified, dryRun, leavers, confirmLeavers, previewed, onProgress };
        const report = await importPeople(services, operatorOrigin(), source, how);
        const ok = report.faults.length === 0 || report.loaded;
        io.out(options, { ok, ...report }, () => told(file, report, dryRun === true));
        if (!ok) io.refused();
      });
    });
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return file === '-' ? await buffer(process.stdin) : await readFile(file);
  } catch (fault) {
    throw new WrongUse(`${file} cannot be read: ${fault instanceof Error ? fault.message : String(fault)}`);
  }
}

/** A line for each ten thousand people. */
function progress(io: CommandIo): (done: number, total: number) => void {
  let told = 0;
  return (done, total) => {
    if (done < told + 10_000) return;
    told = done;
    io.note(`${done} of ${total}`);
  };
}

function previewTold(file: string, preview: ImportPreview): string {
  const { created, changed, left, unchanged, gains, losses, conflicts, leavers } = preview;
  return [
    ...faultLines(file, preview),
    ...preview.people.flatMap(effectLines),
    ...(leavers?.spared ?? []).map(({ person, why }) => `${person} is not in the file and stays: ${why}`),
    `It would be: ${created} new, ${changed} changed, ${left} leave, ${unchanged} as they were; ` +
      `${gains} permissions gained, ${losses} lost, ${conflicts.appear} conflicts appear, ${conflicts.vanish} vanish`,
    ...(leavers?.many ? [`${left} of ${leavers.active} active people leave: loading it takes --confirm-leavers`] : []),
    preview.loadable
      ? `To load exactly this: --previewed ${preview.digest}`
      : 'It cannot be loaded. Put the rows right, or leave them out with --skip-bad.',
  ].join('\n');
}

function effectLines({ line, act, person, fields, roles, permissions, conflicts }: PersonEffect): string[] {
  const shown = (value: unknown) => (value === null ? '-' : Array.isArray(value) ? value.join(';') : String(value));
  const held = ({ system, permission }: { system: string; permission: string }) => `${system} ${permission}`;
  return [
    `${act} ${person}${line === 0 ? '' : ` (line ${line})`}`,
    ...fields.map(({ field, before, after }) => `    ${field}: ${shown(before)} -> ${shown(after)}`),
    ...roles.gains.map((role) => `  + role ${role}`),
    ...roles.losses.map((role) => `  - role ${role}`),
    ...permissions.gains.map((one) => `  + ${held(one)}`),
    ...permissions.losses.map((one) => `  - ${held(one)}`),
    ...conflicts.appear.map((rule) => `  ! breaches ${rule}`),
    ...conflicts.vanish.map((rule) => `    no longer breaches ${rule}`),
  ];
}

function faultLines(file: string, { faults }: Pick<ImportReport, 'faults'>): string[] {
  return faults.map(({ line, path, message }) => `${file}:${line}${path === '' ? '' : ` ${path}`}: ${message}`);
}

function told(file: string, report: ImportReport, dryRun: boolean): string {
  const { created, changed, unchanged, left, skipped, faults } = report;
  const lines = faultLines(file, report);
  const counts = `${created} new, ${changed} changed, ${left === 0 ? '' : `${left} left, `}${unchanged} as they were`;
  if (report.loaded) lines.push(skipped === 0 ? counts : `${counts}, ${skipped} bad rows left out`);
  else if (faults.length > 0) lines.push('Nothing was loaded. Put the rows right, or leave them out with --skip-bad.');
  else if (dryRun) lines.push(`It would be: ${counts}`);
  return lines.join('\n');
}
