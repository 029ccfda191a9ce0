import type { Command } from 'commander';
import type { CommandIo } from './io.ts';
import { decideCommands } from './requests/decide.ts';
import { listCommand } from './requests/list.ts';
import { makeCommand } from './requests/make.ts';

/** Adds `requests list|make|approve|reject|withdraw`: roles that people ask for. */
export function requestsCommands(program: Command, io: CommandIo): void {
  const requests = program.command('requests').description('list, make and decide requests for roles');
  listCommand(requests, io);
  makeCommand(requests, io);
  decideCommands(requests, io);
}
