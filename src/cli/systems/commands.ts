import type { Command } from 'commander';
import { listSystems, systemView } from '#actions/systems/list.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { addCommand } from './add.ts';
import { guideCommand, removeCommand, rotateCommand, testCommand } from './one.ts';

export function systemsCommands(program: Command, io: CommandIo): void {
  const group = program.command('systems').description('the systems that trust this hub');

  group
    .command('list')
    .description('every system')
    .action(async (options: CommonOptions) => {
      const hub = await io.openHub();
      try {
        const items = (await listSystems(hub.services)).map((system) => systemView(hub.services, system));
        io.out(options, { items }, () =>
          items
            .map((item) => `${item.id.padEnd(16)} ${item.side.padEnd(5)} ${item.enabled ? ' ' : 'off'} ${item.title}`)
            .join('\n'),
        );
      } finally {
        await hub.close();
      }
    });

  addCommand(group, io);
  guideCommand(group, io);
  rotateCommand(group, io);
  testCommand(group, io);
  removeCommand(group, io);
}
