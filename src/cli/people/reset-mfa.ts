import type { Command } from 'commander';
import { resetFactors } from '#actions/factors/reset.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { operatorOrigin } from '../operator.ts';
import { personNamed, withHub } from './person.ts';

/** `people reset-mfa PERSON --reason TEXT`: for who lost phone, passkeys and recovery codes. */
export function resetMfaCommand(people: Command, io: CommandIo): void {
  people
    .command('reset-mfa')
    .description('take every second factor from somebody who lost theirs, and end every session')
    .argument('<person>', 'e-mail or username')
    .requiredOption('--reason <text>', 'why, for the record')
    .action(async (login: string, options: CommonOptions & { reason: string }) => {
      await withHub(io, async (services) => {
        const person = await personNamed(services, login);
        const taken = await resetFactors(services, operatorOrigin(), person.id, {
          which: 'all',
          reason: options.reason,
        });
        const said = taken === 0 ? 'had none' : taken === 1 ? 'lost one' : `lost ${taken}`;
        io.out(options, { id: person.id, taken }, `${person.name} ${said}; the password stays, every session ended.`);
      });
    });
}
