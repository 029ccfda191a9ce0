import type { Command } from 'commander';
import type { CommandIo } from './io.ts';
import { applyCommand } from './policy/apply.ts';
import { checkCommand } from './policy/check.ts';
import { conflictsCommand } from './policy/conflicts.ts';
import { diffCommand } from './policy/diff.ts';
import { explainCommand } from './policy/explain.ts';
import { historyCommand } from './policy/history.ts';
import { rollbackCommand } from './policy/rollback.ts';
import { simulateCommand } from './policy/simulate.ts';
import { whoCanCommand } from './policy/who-can.ts';

/** Adds `policy check|simulate|apply|explain|who-can|conflicts|history|diff|rollback` (contract.md, "Commands"). */
export function policyCommands(program: Command, io: CommandIo): void {
  const policy = program.command('policy').description('check, try out and publish the role policy');
  for (const add of [
    checkCommand,
    simulateCommand,
    applyCommand,
    explainCommand,
    whoCanCommand,
    conflictsCommand,
    historyCommand,
    diffCommand,
    rollbackCommand,
  ]) {
    add(policy, io);
  }
}
