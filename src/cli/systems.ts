import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { createSystem, wasKnown } from '#actions/systems/create.ts';
import { getSystem, listSystems, systemView } from '#actions/systems/list.ts';
import { HubError } from '#domain/errors.ts';
import { systemModules } from '#providers/index.ts';
import { checkSystem } from '#settings/system.ts';
import { type CommandIo, type CommonOptions, WrongUse } from './io.ts';
import { operatorOrigin } from './operator.ts';
import { testSystem } from './test-system.ts';

export function systemsCommands(program: Command, io: CommandIo): void {
  const group = program.command('systems').description('the systems that trust this hub');

  group
    .command('list')
    .description('every system')
    .action(async (options: CommonOptions) => {
      const hub = await io.openHub();
      try {
        const items = (await listSystems(hub.services)).map(systemView);
        io.out(options, { items }, () =>
          items
            .map((item) => `${item.id.padEnd(16)} ${item.side.padEnd(5)} ${item.enabled ? ' ' : 'off'} ${item.title}`)
            .join('\n'),
        );
      } finally {
        await hub.close();
      }
    });

  group
    .command('add')
    .argument('<file>', 'YAML or JSON with one system, as under `systems:` in the configuration')
    .description('connects a system')
    .action(async (file: string, options: CommonOptions) => {
      const { system, faults } = checkSystem(readDocument(file), { providers: systemModules.map(({ id }) => id) });
      if (system === undefined) throw new HubError('invalid', `${file} has faults`, { faults });
      const hub = await io.openHub();
      try {
        const returning = await wasKnown(hub.services, system.id);
        const made = systemView(await createSystem(hub.services, operatorOrigin(), system, 'console'));
        if (returning) {
          io.note(
            `A system of the id ${made.id} was here before: people keep the identifiers it knew. Another product needs another id.`,
          );
        }
        io.out(options, made, `${made.id} is connected as client ${made.clientId}.`);
      } finally {
        await hub.close();
      }
    });

  group
    .command('test')
    .argument('<system>', 'id of the system')
    .description('can its addresses be reached, is its registration in order')
    .action(async (id: string, options: CommonOptions) => {
      const hub = await io.openHub();
      try {
        const checks = await testSystem(hub.services, await getSystem(hub.services, id));
        const ok = checks.every((check) => check.ok);
        io.out(options, { ok, checks }, () =>
          checks.map((check) => `${check.ok ? '✓' : '✗'} ${check.what}: ${check.detail}`).join('\n'),
        );
        if (!ok) io.refused();
      } finally {
        await hub.close();
      }
    });
}

/** One document as YAML or JSON. @throws WrongUse */
export function readDocument(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new WrongUse(`${file} cannot be read: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
  }
}
