import type { Command } from 'commander';
import { createPerson } from '#actions/people/create.ts';
import { setPassword } from '#actions/signin/set-password.ts';
import { type CommandIo, type CommonOptions, WrongUse } from '../io.ts';
import { operatorOrigin } from '../operator.ts';
import type { AskSecret } from '../secret.ts';
import { described, personNamed, withHub } from './person.ts';

interface AddOptions extends CommonOptions {
  readonly email?: string;
  readonly username?: string;
  readonly name?: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly department?: string;
  readonly jobTitle?: string;
  readonly country?: string;
  readonly manager?: string;
  readonly employeeNumber?: string;
  readonly lastDay?: string;
  readonly emailVerified?: boolean;
  readonly attribute: Readonly<Record<string, string>>;
  readonly password?: boolean;
}

/** `people add`: makes one person. The password is typed, or comes on standard input. */
export function addCommand(people: Command, io: CommandIo, ask: AskSecret): void {
  people
    .command('add')
    .description('make one person')
    .option('--email <address>')
    .option('--username <name>')
    .option('--name <name>', 'as it is shown')
    .option('--given-name <name>')
    .option('--family-name <name>')
    .option('--department <name>')
    .option('--job-title <title>')
    .option('--country <code>')
    .option('--manager <login>')
    .option('--employee-number <number>')
    .option('--last-day <date>', 'YYYY-MM-DD; out of everything from its end on')
    .option('--email-verified', 'the address is known to be theirs')
    .option('--attribute <name=value>', 'a further attribute; may be repeated', attribute, {})
    .option('--password', 'ask for a password, or read it from standard input')
    .action(async ({ json: _, password, attribute: attributes, ...fields }: AddOptions) => {
      const options = { json: _ === true };
      const secret = password === true ? await ask('Password') : undefined;
      await withHub(io, async (services) => {
        const person = await createPerson(services, operatorOrigin(), { ...fields, attributes, password: secret });
        io.out(options, described(person), `${person.name} is in, as ${person.logins.join(' and ')}.`);
      });
    });
}

function attribute(given: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const at = given.indexOf('=');
  if (at < 1) throw new WrongUse(`--attribute: "${given}" is not name=value`);
  return { ...before, [given.slice(0, at)]: given.slice(at + 1) };
}

/** `people password PERSON`: sets a password, typed or from standard input, and ends the person's sessions. */
export function passwordCommand(people: Command, io: CommandIo, ask: AskSecret): void {
  people
    .command('password')
    .description('set the password of a person, and end their sessions')
    .argument('<person>', 'e-mail or username')
    .action(async (login: string, options: CommonOptions) => {
      const secret = await ask('New password');
      await withHub(io, async (services) => {
        const person = await personNamed(services, login);
        await setPassword(services, operatorOrigin(), person.id, secret);
        io.out(options, described(person), `${person.name} has a new password; every session of theirs has ended.`);
      });
    });
}
