import type { Command } from 'commander';
import { findByLogin } from '#actions/people/find.ts';
import { dependentsOf } from '#actions/systems/dependents.ts';
import { guideFor } from '#actions/systems/guide.ts';
import { getSystem, systemView } from '#actions/systems/list.ts';
import { removeSystem } from '#actions/systems/remove.ts';
import { rotateSecret } from '#actions/systems/rotate-secret.ts';
import { type SystemTest, testSystem } from '#actions/systems/test.ts';
import { parseDuration } from '#domain/duration.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import type { System } from '#storage/collections.ts';
import { type CommandIo, type CommonOptions, type OpenHub, WrongUse } from '../io.ts';
import { operatorOrigin } from '../operator.ts';
import { guideText } from './guide-text.ts';

/** Runs a command about one system. @throws HubError `not-found` */
async function withSystem(io: CommandIo, id: string, work: (hub: OpenHub, system: Stored<System>) => Promise<void>) {
  const hub = await io.openHub();
  try {
    await work(hub, await getSystem(hub.services, id));
  } finally {
    await hub.close();
  }
}

/** A command whose one argument is the system. */
function about(group: Command, name: string): Command {
  return group.command(name).argument('<system>', 'id of the system');
}

export function guideCommand(group: Command, io: CommandIo): void {
  about(group, 'guide')
    .description('what to type into the product')
    .action((id: string, options: CommonOptions) =>
      withSystem(io, id, async ({ services }, system) => {
        const guide = guideFor(services, system);
        io.out(options, { ...systemView(services, system), guide }, () => guideText(guide).join('\n'));
      }),
    );
}

export function rotateCommand(group: Command, io: CommandIo): void {
  about(group, 'rotate-secret')
    .description('makes a new client secret; the old one stays good for the overlap')
    .option('--overlap <duration>', 'how long the old secret stays good; 0s ends it at once', '24h')
    .action((id: string, options: CommonOptions & { overlap: string }) =>
      withSystem(io, id, async ({ services }) => {
        const overlapMs = parseDuration(options.overlap);
        if (overlapMs === undefined) throw new WrongUse('--overlap is no duration; write it like 24h or 0s');
        const { system, secret } = await rotateSecret(services, operatorOrigin(), id, { overlapMs });
        const until = system.previousSecretUntil;
        const old = until === undefined ? 'the old one has ended' : `the old one ends ${new Date(until).toISOString()}`;
        const guide = guideFor(services, system, secret);
        io.out(
          options,
          { ...systemView(services, system), secret, guide },
          `The new client secret, shown only now: ${secret}\n${old}.`,
        );
      }),
    );
}

export function testCommand(group: Command, io: CommandIo): void {
  about(group, 'test')
    .description('can its addresses be reached, is its registration in order, would a person arrive')
    .option('--person <login>', 'e-mail or username of somebody to check')
    .action((id: string, options: CommonOptions & { person?: string }) =>
      withSystem(io, id, async ({ services }, system) => {
        const person = options.person === undefined ? undefined : await findByLogin(services, options.person);
        if (options.person !== undefined && person === undefined) {
          throw new HubError('not-found', `Nobody has the e-mail or username "${options.person}"`);
        }
        const done = await testSystem(services, system, person);
        io.out(options, done, () => testText(done).join('\n'));
        if (!done.ok) io.refused();
      }),
    );
}

function testText({ checks, arrival }: SystemTest): string[] {
  const marks = { ok: '✓', warning: '!', fault: '✗' };
  return [
    ...checks.map((check) => `${check.ok ? '✓' : '✗'} ${check.what}: ${check.detail}`),
    ...(arrival?.verdicts ?? []).map(
      ({ state, detail, remedy }) => `${marks[state]} ${detail}${remedy === undefined ? '' : `. ${remedy}`}`,
    ),
    ...Object.entries(arrival?.claims ?? {}).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`),
  ];
}

export function removeCommand(group: Command, io: CommandIo): void {
  about(group, 'remove')
    .description('removes a system; its tokens end at once')
    .option('--reason <text>', 'why, for the audit log')
    .action((id: string, options: CommonOptions & { reason?: string }) =>
      withSystem(io, id, async ({ services }, system) => {
        const dependents = await dependentsOf(services, system);
        await removeSystem(services, operatorOrigin(), id, system.version, options.reason);
        const { roles, delegations, separations } = dependents;
        io.out(options, { id, removed: true, dependents }, () =>
          [
            `${id} is removed.`,
            ...(roles.length + delegations.length + separations.length === 0
              ? []
              : ['The policy still names it; take it out with the next version:']),
            ...roles.map((role) => `  role ${role.id}: ${role.permissions.join(', ')}`),
            ...delegations.map(({ from, to }) => `  delegation ${from} -> ${to}`),
            ...separations.map((rule) => `  separation ${rule}`),
          ].join('\n'),
        );
      }),
    );
}
