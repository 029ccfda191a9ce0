import type { Command } from 'commander';
import type { CommandIo } from './io.ts';
import { addCommand, passwordCommand } from './people/add.ts';
import { assignCommands } from './people/assign.ts';
import { dataCommand } from './people/data.ts';
import { eraseCommand } from './people/erase.ts';
import { exportCommand } from './people/export.ts';
import { importCommand } from './people/import.ts';
import { inviteCommand } from './people/invite.ts';
import { leaveCommand } from './people/leave.ts';
import { resetMfaCommand } from './people/reset-mfa.ts';
import { statusCommands } from './people/status.ts';
import { unifyCommand } from './people/unify.ts';
import { type AskSecret, askSecret } from './secret.ts';

/** Adds `people add|password|invite|import|export|data|disable|enable|assign|withdraw|leave|reset-mfa|erase|unify` (contract.md, "Commands"). */
export function peopleCommands(program: Command, io: CommandIo, ask: AskSecret = askSecret): void {
  const people = program.command('people').description('make, import, export, disable, enable, erase and unify people');
  addCommand(people, io, ask);
  passwordCommand(people, io, ask);
  for (const add of [
    importCommand,
    exportCommand,
    dataCommand,
    statusCommands,
    inviteCommand,
    resetMfaCommand,
    assignCommands,
    leaveCommand,
    eraseCommand,
    unifyCommand,
  ])
    add(people, io);
}
