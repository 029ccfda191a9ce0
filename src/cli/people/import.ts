import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import { type ImportReport, importPeople } from '#actions/people/import/import.ts';
import { type CommandIo, type CommonOptions, WrongUse } from '../io.ts';
import { operatorOrigin } from '../operator.ts';
import { withHub } from './person.ts';

interface ImportOptions extends CommonOptions {
  readonly skipBad?: boolean;
  readonly emailsVerified?: boolean;
  readonly dryRun?: boolean;
}

/** `people import FILE`: all of it or nothing; `-` is standard input. */
export function importCommand(people: Command, io: CommandIo): void {
  people
    .command('import')
    .description('take people in from a CSV file; with a bad row nothing is loaded')
    .argument('<file>', 'the CSV file, or - for standard input')
    .option('--skip-bad', 'load the good rows although there are bad ones')
    .option('--emails-verified', 'the addresses are known to be theirs')
    .option('--dry-run', 'tell what would happen, change nothing')
    .action(async (file: string, options: ImportOptions) => {
      const source = await read(file);
      await withHub(io, async (services) => {
        const { skipBad, emailsVerified, dryRun } = options;
        const onProgress = progress(io);
        const how = { skipBad, emailsVerified, dryRun, onProgress };
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

function told(file: string, report: ImportReport, dryRun: boolean): string {
  const { created, changed, unchanged, skipped, faults } = report;
  const lines = faults.map(({ line, path, message }) => `${file}:${line}${path === '' ? '' : ` ${path}`}: ${message}`);
  const counts = `${created} new, ${changed} changed, ${unchanged} as they were`;
  if (report.loaded) lines.push(skipped === 0 ? counts : `${counts}, ${skipped} bad rows left out`);
  else if (faults.length > 0) lines.push('Nothing was loaded. Put the rows right, or leave them out with --skip-bad.');
  else if (dryRun) lines.push(`It would be: ${counts}`);
  return lines.join('\n');
}
