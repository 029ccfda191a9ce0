import type { Command } from 'commander';
import { type Connected, connectSystem } from '#actions/systems/connect.ts';
import { createSystem, wasKnown } from '#actions/systems/create.ts';
import { guideFor } from '#actions/systems/guide.ts';
import { systemView } from '#actions/systems/list.ts';
import { HubError } from '#domain/errors.ts';
import { systemModules } from '#providers/index.ts';
import { checkSystem } from '#settings/system.ts';
import { readDocument } from '../document.ts';
import { type CommandIo, type CommonOptions, type OpenHub, WrongUse } from '../io.ts';
import { operatorOrigin } from '../operator.ts';
import { guideText } from './guide-text.ts';

interface AddOptions extends CommonOptions {
  readonly provider?: string;
  readonly title?: string;
  readonly url?: string;
  readonly id?: string;
  readonly set?: readonly string[];
}

/** `systems add FILE | --provider ID --title T [--url BASE]`: connects a system and prints what to type into the product. */
export function addCommand(group: Command, io: CommandIo): void {
  group
    .command('add')
    .argument('[file]', 'YAML or JSON with one system, as under `systems:` in the configuration')
    .option('--provider <id>', 'connect this product by its module instead')
    .option('--title <text>', 'what people call it')
    .option('--url <address>', 'where the product opens, such as https://crm.example.com')
    .option('--id <id>', 'id of the system; default: made of the title')
    .option('--set <name=value...>', 'a value under `settings` that the module asks for')
    .description('connects a system and prints what to type into the product')
    .action(async (file: string | undefined, options: AddOptions) => {
      if ((file === undefined) === (options.provider === undefined)) {
        throw new WrongUse('Name either a file or --provider');
      }
      const hub = await io.openHub();
      try {
        const made = file === undefined ? await byProvider(hub, options) : await byFile(hub, io, file);
        const { system, secret, guide } = made;
        const document = { ...systemView(hub.services, system), ...(secret === undefined ? {} : { secret }), guide };
        io.out(options, document, () =>
          [
            `${system.id} is connected as client ${system.clientId}. Type into the product:`,
            ...guideText(guide),
            ...(secret === undefined ? [] : ['', `The client secret is shown only now: ${secret}`]),
          ].join('\n'),
        );
      } finally {
        await hub.close();
      }
    });
}

async function byProvider({ services }: OpenHub, options: AddOptions): Promise<Connected> {
  const { provider = '', title, url, id, set = [] } = options;
  if (title === undefined) throw new WrongUse('--provider needs --title as well');
  const settings = Object.fromEntries(set.map(pair));
  return connectSystem(services, operatorOrigin(), {
    provider,
    title,
    settings,
    ...(url === undefined ? {} : { url }),
    ...(id === undefined ? {} : { id }),
  });
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new WrongUse(`--set ${text}: write a name, = and a value`);
  return [text.slice(0, at), text.slice(at + 1)];
}

async function byFile({ services }: OpenHub, io: CommandIo, file: string): Promise<Connected> {
  const { system, faults } = checkSystem(readDocument(file), { modules: systemModules });
  if (system === undefined) throw new HubError('invalid', `${file} has faults`, { faults });
  const returning = await wasKnown(services, system.id);
  const made = await createSystem(services, operatorOrigin(), system, 'console');
  if (returning) {
    io.note(
      `A system of the id ${made.id} was here before: people keep the identifiers it knew. Another product needs another id.`,
    );
  }
  return { system: made, guide: guideFor(services, made) };
}
