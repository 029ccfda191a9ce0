import { Command, CommanderError } from 'commander';
import { auditCommands } from './audit/commands.ts';
import { backupCommands } from './backup.ts';
import { benchCommand } from './bench.ts';
import { breakGlassCommands } from './break-glass.ts';
import { doctorCommand } from './doctor/command.ts';
import { keysCommands } from './keys.ts';
import { peopleCommands } from './people.ts';
import { policyCommands } from './policy.ts';
import { provisionCommands } from './provision/commands.ts';
import { requestsCommands } from './requests.ts';
import { reviewsCommands } from './reviews.ts';
import { scimCommands } from './scim.ts';
import { sourcesCommands } from './sources.ts';
import { storeCommands } from './store/command.ts';
import { systemsCommands } from './systems/commands.ts';
import type { CliWorld } from './world.ts';

/** Every command of contract.md, "Commands". */
export function createProgram(world: CliWorld): Command {
  const program = new Command('hub')
    .description('Gatehouse: one identity across CRM and ERP')
    .configureOutput({ writeOut: (text) => world.streams.out(text), writeErr: (text) => world.streams.err(text) });
  doctorCommand(program, world);
  peopleCommands(program, world.io);
  policyCommands(program, world.io);
  requestsCommands(program, world.io);
  reviewsCommands(program, world.io);
  systemsCommands(program, world.io);
  provisionCommands(program, world.io);
  sourcesCommands(program, world.io);
  scimCommands(program, world.io);
  auditCommands(program, world);
  keysCommands(program, world.io);
  breakGlassCommands(program, world.io);
  backupCommands(program, world);
  storeCommands(program, world);
  benchCommand(program);
  prepare(program);
  return program;
}

/** What holds for every command, whoever declared it: `--json`, and wrong use comes back instead of ending the process. */
function prepare(command: Command): void {
  command.exitOverride();
  const leaf = command.commands.length === 0;
  if (leaf && !command.options.some((option) => option.long === '--json')) {
    command.option('--json', 'print one JSON document and nothing else');
  }
  for (const below of command.commands) prepare(below);
}

/** Wrong use, help and version, as commander tells them. @returns the exit code, or undefined for other errors. */
export function exitCodeOf(error: unknown): 0 | 2 | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  return error.exitCode === 0 ? 0 : 2;
}
