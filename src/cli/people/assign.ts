import type { Command } from 'commander';
import { assignmentsOf } from '#actions/access/reading.ts';
import { assignRole } from '#actions/assignments/assign.ts';
import { withdrawRole } from '#actions/assignments/withdraw.ts';
import { parseInstant } from '#domain/policy/dates.ts';
import { type CommandIo, type CommonOptions, WrongUse } from '../io.ts';
import { operatorOrigin } from '../operator.ts';
import { personNamed, withHub } from './person.ts';

interface AssignOptions extends CommonOptions {
  readonly reason: string;
  readonly from?: string;
  readonly until?: string;
  readonly department: readonly string[];
}

/** `people assign PERSON ROLE --reason TEXT [--department NAME …]` and `people withdraw PERSON ROLE`. */
export function assignCommands(people: Command, io: CommandIo): void {
  people
    .command('assign')
    .description('give a person one role, of the policy or of the hub')
    .argument('<person>', 'e-mail or username')
    .argument('<role>')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--from <date>', 'inclusive: a day (00:00 UTC) or an instant ending in Z')
    .option('--until <date>', 'exclusive: a day (00:00 UTC) or an instant ending in Z')
    .option('--department <name>', 'hub-people-admin, hub-helpdesk: over these people alone; may be repeated', also, [])
    .action(async (login: string, role: string, options: AssignOptions) => {
      const period = { from: instant('--from', options.from), until: instant('--until', options.until) };
      const departments = options.department.length === 0 ? undefined : options.department;
      await withHub(io, async (services) => {
        const { id, name } = await personNamed(services, login);
        const given = { role, reason: options.reason, departments, ...period };
        const made = await assignRole(services, operatorOrigin(), id, given);
        const only = departments === undefined ? '' : `, over ${departments.join(', ')} alone`;
        io.out(options, { ...made }, `${name} has ${role}${only}.`);
      });
    });
  people
    .command('withdraw')
    .description('take a role that was given singly, each time it was given')
    .argument('<person>', 'e-mail or username')
    .argument('<role>')
    .option('--reason <text>', 'why, for the record')
    .action(async (login: string, role: string, options: CommonOptions & { reason?: string }) => {
      await withHub(io, async (services) => {
        const { id, name } = await personNamed(services, login);
        const now = services.clock.now();
        const standing = (await assignmentsOf(services.store, id)).filter(
          (one) => one.role === role && (one.until === undefined || one.until > now),
        );
        for (const one of standing)
          await withdrawRole(services, operatorOrigin(), id, one.id, { reason: options.reason });
        io.out(
          options,
          { withdrawn: standing.map((one) => one.id) },
          `${name}: ${role} taken ${standing.length} times.`,
        );
      });
    });
}

function also(given: string, before: readonly string[]): readonly string[] {
  return [...before, given];
}

function instant(option: string, given: string | undefined): number | undefined {
  const at = given === undefined ? undefined : parseInstant(given);
  if (given !== undefined && at === undefined)
    throw new WrongUse(`${option}: write a day such as 2026-01-31, or an instant ending in Z`);
  return at;
}
