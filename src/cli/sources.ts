import type { Command } from 'commander';
import { createSource } from '#actions/sources/create.ts';
import { getSource, listSources } from '#actions/sources/directory.ts';
import { sourceView } from '#actions/sources/record.ts';
import { HubError } from '#domain/errors.ts';
import { trySource } from '#federation/try.ts';
import { checkSource } from '#settings/source.ts';
import { readDocument } from './document.ts';
import type { CommandIo, CommonOptions } from './io.ts';
import { operatorOrigin } from './operator.ts';
import { syncCommand } from './sync-source.ts';

export function sourcesCommands(program: Command, io: CommandIo): void {
  const group = program.command('sources').description('the directories and providers that people sign in by');

  group
    .command('list')
    .description('every source')
    .action(async (options: CommonOptions) => {
      const hub = await io.openHub();
      try {
        const items = (await listSources(hub.services)).map(sourceView);
        io.out(options, { items }, () =>
          items
            .map(
              (item) =>
                `${item.id.padEnd(16)} ${item.provider.padEnd(6)} ${item.enabled ? '   ' : 'off'} ${item.title}`,
            )
            .join('\n'),
        );
      } finally {
        await hub.close();
      }
    });

  group
    .command('add')
    .argument('<file>', 'YAML or JSON with one source, as under `sources:` in the configuration')
    .description('adds a source')
    .action(async (file: string, options: CommonOptions) => {
      const { source, faults } = checkSource(readDocument(file));
      if (source === undefined) throw new HubError('invalid', `${file} has faults`, { faults });
      const hub = await io.openHub();
      try {
        const made = sourceView(await createSource(hub.services, operatorOrigin(), source));
        io.out(options, made, `${made.id} is there; people can sign in by ${made.title}.`);
      } finally {
        await hub.close();
      }
    });

  group
    .command('test')
    .argument('<source>', 'id of the source')
    .description('can it be asked, as a sign-in would ask it')
    .action(async (id: string, options: CommonOptions) => {
      const hub = await io.openHub();
      try {
        const checks = await trySource(hub.services, await getSource(hub.services, id));
        const ok = checks.every((check) => check.ok);
        io.out(options, { ok, checks }, () =>
          checks.map((check) => `${check.ok ? '✓' : '✗'} ${check.what}: ${check.detail}`).join('\n'),
        );
        if (!ok) io.refused();
      } finally {
        await hub.close();
      }
    });

  syncCommand(group, io);
}
