import type { Command } from 'commander';
import { glassStatus, printGlassCodes } from '#actions/break-glass/codes.ts';
import type { CommandIo, CommonOptions } from './io.ts';
import { operatorOrigin } from './operator.ts';
import { withHub } from './people/person.ts';

const usual = '8';

/** `break-glass print|status|replace`: the admin account that lies sealed in an envelope. */
export function breakGlassCommands(program: Command, io: CommandIo): void {
  const group = program
    .command('break-glass')
    .description('the sealed admin account: codes for an envelope, and their use');
  const printing = (name: 'print' | 'replace', description: string) =>
    group
      .command(name)
      .description(description)
      .option('--count <number>', 'how many codes', usual)
      .action(async (options: CommonOptions & { count: string }) => {
        await withHub(io, async (services) => {
          const replace = name === 'replace';
          const codes = await printGlassCodes(services, operatorOrigin(), { count: Number(options.count), replace });
          const address = `${services.settings.issuer}/break-glass`;
          io.out(options, { address, codes }, () => sheet(address, codes, services.settings.breakGlass.enabled));
        });
      });
  printing('print', 'make the codes and print them, this once: put the sheet into an envelope and seal it');
  printing('replace', 'make new codes; those printed before are dead at once');
  group
    .command('status')
    .description('how many codes are left, and each time that one was used')
    .action(async (options: CommonOptions) => {
      await withHub(io, async (services) => {
        const status = await glassStatus(services);
        io.out(options, status, () =>
          [
            status.enabled
              ? 'may be used'
              : 'cannot be used: no codes printed, account disabled, or breakGlass.enabled is false',
            `codes left: ${status.codesLeft}${status.printedAt === undefined ? '' : `, printed ${iso(status.printedAt)}`}`,
            ...status.uses.map(({ at, state, by, reason }) =>
              state === 'open' ? `used ${iso(at)}: nobody has said why yet` : `used ${iso(at)}: ${reason} (${by})`,
            ),
          ].join('\n'),
        );
      });
    });
}

const iso = (ms: number): string => new Date(ms).toISOString();

function sheet(address: string, codes: readonly string[], enabled: boolean): string {
  return [
    'GATEHOUSE: CODES FOR EMERGENCIES',
    `Type one at ${address} when nobody gets in any other way. Each serves once.`,
    'Every owner is told by mail, and the record keeps it. Nothing shows these codes again: seal this sheet now.',
    ...(enabled ? [] : ['breakGlass.enabled is false in the settings: these codes open nothing until it is true.']),
    '',
    ...codes.map((code, index) => `  ${String(index + 1).padStart(2)}.  ${code}`),
  ].join('\n');
}
