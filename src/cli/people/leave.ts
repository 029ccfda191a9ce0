import type { Command } from 'commander';
import { changePerson } from '#actions/people/change.ts';
import { leavePerson } from '#actions/people/leave.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { operatorOrigin } from '../operator.ts';
import { leftLine, leftShown, waitUntilOut } from './left.ts';
import { described, personNamed, withHub } from './person.ts';

/** `people leave PERSON [--on DATE] [--reason TEXT]`: out of everything, at once or from the end of that day. */
export function leaveCommand(people: Command, io: CommandIo): void {
  people
    .command('leave')
    .description('take somebody out of everything: account, sessions, single roles; at once, or after their last day')
    .argument('<person>', 'e-mail or username')
    .option('--on <date>', 'their last day, YYYY-MM-DD in the time zone of the company; it counts to its end')
    .option('--reason <text>', 'why, for the record')
    .action(async (login: string, options: CommonOptions & { on?: string; reason?: string }) => {
      await withHub(io, async (services) => {
        const { id } = await personNamed(services, login);
        const { on, reason } = options;
        const person =
          on === undefined
            ? await leavePerson(services, operatorOrigin(), id, { reason })
            : await changePerson(services, operatorOrigin(), id, { lastDay: on }, { reason });
        const done = on === undefined ? 'is out of everything' : `leaves at the end of ${on}`;
        if (on !== undefined) return io.out(options, described(person), `${person.name} ${done}.`);
        const { systems } = await waitUntilOut(services, person);
        io.out(options, { ...described(person), systems: systems.map(leftShown) }, () =>
          [`${person.name} ${done}.`, ...systems.map(leftLine)].join('\n'),
        );
      });
    });
}
