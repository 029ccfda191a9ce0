import type { Command } from 'commander';
import { policyNotes } from '#domain/policy/notes.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { checkFile, tellFaults } from './file.ts';

/** `policy check FILE`: every fault at once. Needs no store. */
export function checkCommand(policy: Command, io: CommandIo): void {
  policy
    .command('check')
    .description('say everything that is wrong in a policy document')
    .argument('<file>', 'the policy document')
    .option('--json', 'print JSON')
    .action(async (file: string, options: CommonOptions) => {
      const checked = await checkFile(file, await io.knownSystems());
      if (!checked.ok) return tellFaults(io, options, file, checked.faults);
      const { domains, roles, assign, separation } = checked.document;
      const notes = policyNotes(checked.document);
      io.out(options, { ok: true, faults: [], notes }, () => {
        const parts = [`${domains.size} domains`, `${roles.size} roles`, `${assign.length} rules`];
        const told = notes.map(({ path, line, message }) => `  note: line ${line}, ${path}: ${message}`);
        return [`${file} is in order: ${parts.join(', ')}, ${separation.length} separation rules`, ...told].join('\n');
      });
    });
}
