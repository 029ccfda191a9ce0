import type { Command } from 'commander';
import { listKeys } from '#actions/keys/list.ts';
import { retireLeakedKey, rotateKeys } from '#actions/keys/rotate.ts';
import type { CommandIo, CommonOptions } from './io.ts';
import { operatorOrigin } from './operator.ts';

export function keysCommands(program: Command, io: CommandIo): void {
  const group = program.command('keys').description('the keys that sign tokens and checkpoints');

  group
    .command('list')
    .description('every key: next, active, retired')
    .action(async (options: CommonOptions) => {
      const hub = await io.openHub();
      try {
        const items = await listKeys(hub.services);
        const day = (ms: number | undefined) => (ms === undefined ? '' : new Date(ms).toISOString().slice(0, 16));
        io.out(options, { items }, () =>
          items
            .map((key) =>
              [
                key.id.padEnd(18),
                key.alg,
                key.state.padEnd(8),
                `made ${day(key.createdAt)}`,
                after('may sign from', day(key.readyAt)),
                after(key.leakedAt === undefined ? 'leaves the key set' : 'leaked, left', day(key.leavesAt)),
              ]
                .join('  ')
                .trimEnd(),
            )
            .join('\n'),
        );
      } finally {
        await hub.close();
      }
    });

  group
    .command('rotate')
    .option(
      '--now',
      'sign with a new key at once, for a key that leaked: systems may refuse its tokens until they fetch the keys again',
    )
    .option(
      '--leaked <kid>',
      'take this key out of use and out of the key set at once; what it signed is accepted no more',
    )
    .description(
      'one step: the next key signs, once published for ten minutes; the active one retires with overlap; a new next one is published',
    )
    .action(async (options: CommonOptions & { now?: boolean; leaked?: string }) => {
      const hub = await io.openHub();
      try {
        if (options.now === true || options.leaked !== undefined) {
          io.note(
            'Signing at once: systems that keep a copy of the keys may refuse tokens until they fetch them again.',
          );
        }
        const done =
          options.leaked === undefined
            ? await rotateKeys(hub.services, operatorOrigin(), { now: options.now ?? false })
            : await retireLeakedKey(hub.services, operatorOrigin(), options.leaked);
        const line = (what: string, ids: readonly string[]) => (ids.length === 0 ? [] : [`${what}: ${ids.join(', ')}`]);
        io.out(options, done, () =>
          [...line('made', done.created), ...line('signs now', done.activated), ...line('retired', done.retired)].join(
            '\n',
          ),
        );
      } finally {
        await hub.close();
      }
    });
}

function after(what: string, day: string): string {
  return day === '' ? '' : `${what} ${day}`;
}
