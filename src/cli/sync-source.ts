import type { Command } from 'commander';
import { planSync } from '#actions/directories/sync/plan.ts';
import { type ShownPlan, shownPlan } from '#actions/directories/sync/shown.ts';
import { getDirectory, syncDirectory } from '#actions/directories/sync/sync.ts';
import { type CommandIo, type CommonOptions, WrongUse } from './io.ts';
import { operatorOrigin } from './operator.ts';

interface SyncOptions extends CommonOptions {
  readonly preview?: boolean;
  readonly previewed?: string;
  readonly disableGone?: boolean;
  readonly force?: boolean;
  readonly share: string;
}

/** `sources sync SOURCE`: brings the people of a directory up to date; `--preview` tells what it would do. */
export function syncCommand(sources: Command, io: CommandIo): void {
  sources
    .command('sync')
    .description('bring the people of a directory up to date, without their signing in')
    .argument('<source>', 'id of the source')
    .option('--preview', 'tell who appears, changes and is gone; change nothing')
    .option('--previewed <digest>', 'do what a preview of this digest showed, or nothing')
    .option('--disable-gone', 'disable who is no longer in the directory, or is ended there')
    .option('--share <percent>', 'refuse when more than this share of its people would be disabled', '10')
    .option('--force', 'disable them although they are more')
    .action(async (id: string, options: SyncOptions) => {
      const share = Number(options.share);
      if (!(share >= 0 && share <= 100)) throw new WrongUse('--share takes a percentage from 0 to 100');
      const hub = await io.openHub();
      try {
        if (options.preview) {
          const plan = shownPlan(await planSync(hub.services, await getDirectory(hub.services, id)));
          io.out(options, plan, () => planTold(plan));
          return;
        }
        const { previewed, disableGone, force } = options;
        const how = { previewed, disableGone, confirmGone: force, share: share / 100 };
        const report = await syncDirectory(hub.services, operatorOrigin(), id, how);
        io.out(options, report, () =>
          [
            ...report.skipped.map(({ label, because }) => `${label} is left out: ${words[because] ?? because}`),
            `${report.seen} in the directory: ${report.created} new, ${report.changed} changed, ${report.unchanged} as they were; ` +
              `${report.disabled} disabled, ${report.kept} gone and left as they are`,
          ].join('\n'),
        );
      } finally {
        await hub.close();
      }
    });
}

const words: Readonly<Record<string, string>> = {
  taken: 'an account here has that address or user name; who owns both links them',
  unfit: 'what the directory tells makes no account; look at attributes',
  missing: 'no entry any more',
  ended: 'ended there',
};

function planTold({ seen, linked, unchanged, appear, change, gone, left, many, digest }: ShownPlan): string {
  return [
    ...appear.map(({ label }) => `new      ${label}`),
    ...change.map(({ label, fields }) => `changed  ${label}: ${fields.join(', ')}`),
    ...gone.map(({ label, why }) => `gone     ${label}: ${words[why]}`),
    ...left.map(({ label, because }) => `left out ${label}: ${words[because]}`),
    `It would be: ${appear.length} new, ${change.length} changed, ${unchanged} as they were of ${seen} in the directory; ` +
      `${gone.length} of ${linked} linked people are gone`,
    ...(many ? ['To disable that many takes --force.'] : []),
    `To do exactly this: --previewed ${digest}`,
  ].join('\n');
}
