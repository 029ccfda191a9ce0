import type { Command } from 'commander';
import { applyPolicy } from '#actions/policy/apply.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { operatorOrigin } from '../operator.ts';
import { checkFile, tellFaults } from './file.ts';
import { publishing } from './publishing.ts';

/** `policy apply FILE --reason TEXT`: puts it in force as the next version. */
export function applyCommand(policy: Command, io: CommandIo): void {
  policy
    .command('apply')
    .description('put a policy in force')
    .argument('<file>', 'the policy document')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--over-budget', "also when somebody's claims newly grow beyond the budget of a system")
    .option('--json', 'print JSON')
    .action(async (file: string, options: CommonOptions & { reason: string; overBudget?: boolean }) => {
      const checked = await checkFile(file, await io.knownSystems());
      if (!checked.ok) return tellFaults(io, options, file, checked.faults);
      await publishing(io, options, (services) =>
        applyPolicy(services, operatorOrigin(), checked.text, options.reason, {
          overBudget: options.overBudget === true,
        }),
      );
    });
}
