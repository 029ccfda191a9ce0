import type { Command } from 'commander';
import { type ConflictSide, conflictCause } from '#actions/conflicts/cause.ts';
import { conflictsWithAcceptance } from '#actions/conflicts/list.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { withHub } from '../people/person.ts';

/** `policy conflicts`: who breaches which separation rule as things stand, by which ways, and what is accepted. */
export function conflictsCommand(policy: Command, io: CommandIo): void {
  policy
    .command('conflicts')
    .description('list the standing breaches of separation rules, why they stand and which are accepted')
    .option('--json', 'print JSON')
    .action(async (options: CommonOptions) => {
      await withHub(io, async (services) => {
        const rows = await Promise.all(
          (await conflictsWithAcceptance(services)).map(async ({ acceptance, ...one }) => ({
            ...one,
            ...(acceptance === undefined
              ? {}
              : { until: new Date(acceptance.until).toISOString(), reason: acceptance.reason }),
            sides: (await conflictCause(services, one.personId, one.separation)) ?? [],
          })),
        );
        io.out(options, { conflicts: rows }, () =>
          [
            `${rows.length} breaches stand, ${rows.filter(({ state }) => state === 'accepted').length} of them accepted`,
            ...rows.flatMap(({ separation, person, state, daysLeft, sides }) => [
              `${person}  ${separation}  ${state}${daysLeft === undefined ? '' : `, ${daysLeft} days left`}`,
              ...sides.flatMap(sideLines),
            ]),
          ].join('\n'),
        );
      });
    });
}

function sideLines({ system, permission, paths }: ConflictSide): string[] {
  return paths.map(({ roles, rule, assignment }) => {
    const end = rule === undefined ? `assignment ${assignment}` : `rule, line ${rule.line}`;
    return `  ${system} ${permission} <- ${roles.join(' <- ')} <- ${end}`;
  });
}
