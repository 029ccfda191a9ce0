import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { exportPeople } from '#actions/people/export.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { withHub } from './person.ts';

/** `people export`: everybody as a people CSV, without passwords. */
export function exportCommand(people: Command, io: CommandIo): void {
  people
    .command('export')
    .description('everybody as CSV, without passwords')
    .option('--out <file>', 'write there instead of standard output')
    .action(async (options: CommonOptions & { out?: string }) => {
      await withHub(io, async (services) => {
        const lines = await Array.fromAsync(exportPeople(services));
        const csv = lines.join('');
        const count = lines.length - 1;
        if (options.out === undefined) return io.out(options, { people: count, csv }, csv);
        await writeFile(options.out, csv, { mode: 0o600 });
        io.out(options, { people: count, file: options.out }, `${count} people are in ${options.out}.`);
      });
    });
}
