import type { Command } from 'commander';
import { hubRole } from '#storage/mongodb/role.ts';
import type { Progress } from '#storage/moving/copy.ts';
import type { CommonOptions } from '../io.ts';
import type { CliWorld } from '../world.ts';
import { type Copied, copyStore } from './copy.ts';
import { targetOf } from './target.ts';

/** How often progress is told, in ms. */
const tellEvery = 1000;

export function storeCommands(program: Command, world: CliWorld): void {
  const store = program.command('store').description('the store as a whole');
  roleCommand(store, world);
  store
    .command('copy')
    .requiredOption('--to <store>', 'mongodb://… or sqlite:<path>; empty, or an unfinished copy of this store')
    .description('moves to another engine: copies everything and proves it; the hub has to be stopped')
    .action(async (options: CommonOptions & { to: string }) => {
      const settings = world.settings();
      const told = teller(world);
      const done = await copyStore(settings, world.around, targetOf(options.to, settings), told);
      world.io.out(options, { ok: true, ...done }, () => textOf(done));
    });
}

/** `store role`: what an administrator of the database runs once, before the hub's user exists. */
function roleCommand(store: Command, world: CliWorld): void {
  store
    .command('role')
    .option('--database <name>', 'the database in the address of the store', 'gatehouse')
    .description(
      "prints the createRole for the hub's database user, who may not change or delete audit events; for mongosh",
    )
    .action((options: CommonOptions & { database: string }) => {
      const role = hubRole(options.database);
      world.io.out(options, role, () =>
        [
          `use ${options.database}`,
          `db.runCommand(${JSON.stringify(role, null, 2)})`,
          `db.createUser({ user: 'gatehouse', pwd: passwordPrompt(), roles: ['${role.createRole}'] })`,
        ].join('\n'),
      );
    });
}

/** Tells on standard error how far it is: at once where something new begins or ends, else once a second. */
function teller({ io }: CliWorld): (progress: Progress) => void {
  let last: { what: string; at: number } | undefined;
  return ({ what, done, total }) => {
    const now = performance.now();
    if (last?.what === what && now - last.at < tellEvery && done < total) return;
    last = { what, at: now };
    io.note(`${what}: ${done} of ${total}`);
  };
}

function textOf({ from, to, resumed, collections, audit }: Copied): string {
  const records = collections.reduce((sum, { count }) => sum + count, 0);
  return [
    `${to} holds what ${from} holds${resumed ? ' (an earlier try was gone on with)' : ''}:`,
    ...collections.filter(({ count }) => count > 0).map((one) => `  ${one.name}: ${one.count}  ${one.digest}`),
    `  audit: ${audit.count} events of ${audit.writers} writers  ${audit.digest}`,
    `${records} records and all events are the same on both sides, and the chains verify.`,
    `Point \`store\` at ${to} and start the hub. Do not serve ${from} again: what is spent from now on would count there as unspent.`,
  ].join('\n');
}
