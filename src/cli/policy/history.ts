import type { Command } from 'commander';
import { policyHistory } from '#actions/policy/history.ts';
import type { CommandIo, CommonOptions } from '../io.ts';

/** `policy history`: every version, newest first. */
export function historyCommand(policy: Command, io: CommandIo): void {
  policy
    .command('history')
    .description('list the published versions, newest first')
    .option('--json', 'print JSON')
    .action(async (options: CommonOptions) => {
      const hub = await io.openHub();
      try {
        const versions = (await policyHistory(hub.services)).map(({ number, reason, by, at }) => ({
          version: number,
          at: new Date(at).toISOString(),
          by,
          reason,
        }));
        io.out(options, { versions }, () =>
          versions.map(({ version, at, by, reason }) => `${version}  ${at}  ${by}  ${reason}`).join('\n'),
        );
      } finally {
        await hub.close();
      }
    });
}
