import type { Command } from 'commander';
import { erasePerson } from '#actions/people/erase/erase.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { operatorOrigin } from '../operator.ts';
import { personNamed, withHub } from './person.ts';

/** `people erase PERSON --reason TEXT`: for good. */
export function eraseCommand(people: Command, io: CommandIo): void {
  people
    .command('erase')
    .description('erase a person for good: account, credentials, sessions, and their part of the audit record')
    .argument('<person>', 'e-mail or username')
    .requiredOption('--reason <text>', 'why; it stays readable, so name nobody')
    .action(async (login: string, options: CommonOptions & { reason: string }) => {
      await withHub(io, async (services) => {
        const { id } = await personNamed(services, login);
        const erasure = await erasePerson(services, operatorOrigin(), id, { reason: options.reason });
        io.out(
          options,
          { ...erasure },
          `${id} is erased. ${erasure.sessions} sessions ended. Backups made before still hold the person; erase again after a restore.`,
        );
      });
    });
}
