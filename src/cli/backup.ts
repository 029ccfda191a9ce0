import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { draft } from '#domain/audit/event.ts';
import type { CommonOptions } from './io.ts';
import { operatorOrigin } from './operator.ts';
import { restore } from './restore/restore.ts';
import { restoredText } from './restore/told.ts';
import type { CliWorld } from './world.ts';

export function backupCommands(program: Command, world: CliWorld): void {
  program
    .command('backup')
    .argument('<file>', 'where to; it must not exist')
    .description('a consistent copy of the store, also while the hub runs; keep it apart from the secret')
    .action(async (file: string, options: CommonOptions) => {
      const hub = await world.openHub();
      try {
        const path = resolve(file);
        await hub.engine.backup(path);
        const bytes = statSync(path).size;
        const detail = { file: basename(path), bytes };
        await hub.services.store.write({
          changes: [],
          events: [draft(operatorOrigin(), 'backup.made', 'success', { detail })],
        });
        world.io.out(options, { file: path, bytes }, `${path}: ${bytes} bytes`);
      } finally {
        await hub.close();
      }
    });

  program
    .command('restore')
    .argument('<file>', 'a copy that `backup` made')
    .description('puts a backup in place of the store; the hub has to be stopped, every session and token ends')
    .action(async (file: string, options: CommonOptions) => {
      const done = await restore(world.settings(), world.around, resolve(file));
      world.io.out(options, done, () => restoredText(done));
    });
}
