import type { Command } from 'commander';
import { rollbackPolicy } from '#actions/policy/rollback.ts';
import { type CommandIo, type CommonOptions, WrongUse } from '../io.ts';
import { operatorOrigin } from '../operator.ts';
import { publishing } from './publishing.ts';

/** `policy rollback VERSION --reason TEXT`: puts an old version in force again, as a new one. */
export function rollbackCommand(policy: Command, io: CommandIo): void {
  policy
    .command('rollback')
    .description('put an old version in force again, as a new one')
    .argument('<version>', 'its number, as in `policy history`')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--over-budget', "also when somebody's claims newly grow beyond the budget of a system")
    .option('--json', 'print JSON')
    .action(async (version: string, options: CommonOptions & { reason: string; overBudget?: boolean }) => {
      if (!/^[1-9]\d{0,7}$/.test(version)) throw new WrongUse(`"${version}" is no version number`);
      await publishing(io, options, (services) =>
        rollbackPolicy(services, operatorOrigin(), Number(version), options.reason, {
          overBudget: options.overBudget === true,
        }),
      );
    });
}
