import type { Command } from 'commander';
import type { Progress } from '#storage/moving/copy.ts';
import type { CommonOptions } from '../io.ts';
import type { CliWorld } from '../world.ts';
import { type Copied, copyStore } from './copy.ts';
import { targetOf } from './target.ts';

/** How often progress is told, in ms. */
const tellEvery = 1000;

export function storeCommands(program: Command, world: CliWorld): void {
  const store = program.command('store').description('the store as a whole');
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
