import type { Command } from 'commander';
import { sendLink } from '#actions/recovery/send.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { operatorOrigin } from '../operator.ts';
import { personNamed, withHub } from './person.ts';

/** `people invite PERSON`: mails a link to choose a password; the running hub, or the next one, sends it. */
export function inviteCommand(people: Command, io: CommandIo): void {
  people
    .command('invite')
    .description('mail somebody a link to choose a password')
    .argument('<person>', 'e-mail or username')
    .action(async (login: string, options: CommonOptions) => {
      await withHub(io, async (services) => {
        const person = await personNamed(services, login);
        const kind = await sendLink(services, operatorOrigin(), person.id);
        const what = kind === 'invite' ? 'An invitation' : 'A link for a new password';
        io.out(
          options,
          { id: person.id, kind },
          `${what} to ${person.email} is queued; a running hub sends it within seconds.`,
        );
      });
    });
}
