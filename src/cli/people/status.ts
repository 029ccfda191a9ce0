import type { Command } from 'commander';
import { disablePerson, enablePerson } from '#actions/people/change.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { operatorOrigin } from '../operator.ts';
import { described, personNamed, withHub } from './person.ts';

/** `people disable PERSON` and `people enable PERSON`. */
export function statusCommands(people: Command, io: CommandIo): void {
  const acts = [
    { name: 'disable', act: disablePerson, does: 'take away every access, and end every session', done: 'is disabled' },
    { name: 'enable', act: enablePerson, does: 'give access again', done: 'is active' },
  ];
  for (const { name, act, does, done } of acts) {
    people
      .command(name)
      .description(does)
      .argument('<person>', 'e-mail or username')
      .option('--reason <text>', 'why, for the record')
      .action(async (login: string, options: CommonOptions & { reason?: string }) => {
        await withHub(io, async (services) => {
          const before = await personNamed(services, login);
          const person = await act(services, operatorOrigin(), before.id, { reason: options.reason });
          io.out(options, described(person), `${person.name} ${done}.`);
        });
      });
  }
}
