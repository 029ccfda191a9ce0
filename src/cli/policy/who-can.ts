import type { Command } from 'commander';
import { whoCan } from '#actions/policy/holders.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { instantOption } from './file.ts';
import { progressNote } from './progress.ts';

/** `policy who-can PERMISSION SYSTEM`: everybody who holds it there. */
export function whoCanCommand(policy: Command, io: CommandIo): void {
  policy
    .command('who-can')
    .description('list everybody who holds a permission in a system')
    .argument('<permission>', 'domain:action')
    .argument('<system>', 'id of the system')
    .option('--at <instant>', 'at which moment; default now')
    .option('--json', 'print JSON')
    .action(async (permission: string, system: string, options: CommonOptions & { at?: string }) => {
      const at = options.at === undefined ? io.now() : instantOption(options.at);
      const hub = await io.openHub();
      try {
        const found = await whoCan(hub.services, permission, system, { at, onProgress: progressNote(io) });
        const people = found.people.map(({ person, name, department }) => ({ person, name, department }));
        const answer = { permission, system, at: new Date(at).toISOString(), policy: found.policy };
        io.out(options, { ...answer, roles: found.roles, people }, () =>
          [
            `${people.length} may ${permission} in ${system}; granted by ${found.roles.join(', ') || 'no role'}`,
            ...people.map(({ person, name, department }) => [person, name, department ?? ''].join('  ').trimEnd()),
          ].join('\n'),
        );
      } finally {
        await hub.close();
      }
    });
}
