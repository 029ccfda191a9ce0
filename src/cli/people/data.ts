import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { exportPerson } from '#actions/people/data/export/export.ts';
import { type DataReleases, dataReleases } from '#actions/people/data/releases.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { operatorOrigin } from '../operator.ts';
import { personNamed, withHub } from './person.ts';

/** `people data PERSON`: which system receives what about somebody, and why; with `--export FILE` everything about them. */
export function dataCommand(people: Command, io: CommandIo): void {
  people
    .command('data')
    .description('which system receives which attribute of a person, and why')
    .argument('<person>', 'e-mail or username')
    .option('--export <file>', 'write everything about the person to a JSON file')
    .action(async (login: string, options: CommonOptions & { export?: string }) => {
      await withHub(io, async (services) => {
        const person = await personNamed(services, login);
        if (options.export === undefined) {
          const releases = await dataReleases(services, person);
          return io.out(options, { person: login, ...releases }, () => told(releases));
        }
        const content = await exportPerson(services, operatorOrigin(), person);
        await pipeline(content, createWriteStream(options.export, { mode: 0o600 }));
        const said = `Everything about ${login} is in ${options.export}; other people stand there as another-person.`;
        io.out(options, { person: login, file: options.export }, said);
      });
    });
}

const states = {
  sent: 'receives',
  ahead: 'will receive from the first entry on',
  stopped: 'received before',
  none: '',
};

function told({ systems }: DataReleases): string {
  const lines: string[] = [];
  for (const { system, state, because, firstParty, claims, delegated } of systems) {
    const right = because === undefined ? '' : because === 'open' ? ', open to everybody' : ', by permissions there';
    const agreed = firstParty || because === undefined ? '' : ', what was agreed to';
    lines.push(state === 'none' ? `${system} receives nothing` : `${system} ${states[state]}${right}${agreed}:`);
    for (const { claim, from, scope, value, lastSent } of claims) {
      const now = value === undefined ? '' : ` = ${JSON.stringify(value)}`;
      const last = lastSent === undefined ? 'not sent yet' : `last sent ${new Date(lastSent).toISOString()}`;
      lines.push(`  ${claim}${now}  (from ${from}, scope ${scope}; ${last})`);
    }
    for (const { from, permissions } of delegated)
      lines.push(`  called by ${from} in their name: ${permissions.join(', ') || 'nothing any more'}`);
  }
  return lines.join('\n') || 'No system is connected.';
}
