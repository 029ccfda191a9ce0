import type { Command } from 'commander';
import { comparePolicies } from '#actions/policy/compare.ts';
import { policyVersion } from '#actions/policy/history.ts';
import { unifiedDiff } from '#domain/text/diff.ts';
import { type CommandIo, type CommonOptions, WrongUse } from '../io.ts';
import { changeLine } from './text.ts';

/** `policy diff FROM TO`: what differs between two published versions, in words and line by line. */
export function diffCommand(policy: Command, io: CommandIo): void {
  policy
    .command('diff')
    .description('say what differs between two published versions')
    .argument('<from>', 'number of a version, as in `policy history`')
    .argument('<to>', 'number of another')
    .option('--json', 'print JSON')
    .action(async (from: string, to: string, options: CommonOptions) => {
      const numbers = [from, to].map((text) => {
        if (!/^[1-9]\d{0,7}$/.test(text)) throw new WrongUse(`"${text}" is no version number`);
        return Number(text);
      });
      const hub = await io.openHub();
      try {
        const [before, after] = await Promise.all(numbers.map((number) => policyVersion(hub.services, number)));
        if (before === undefined || after === undefined) return;
        const changes = comparePolicies(before.text, after.text);
        const diff = unifiedDiff(before.text, after.text, [`version ${from}`, `version ${to}`]);
        io.out(options, { from: before.number, to: after.number, changes, diff }, () =>
          [...changes.map(changeLine), diff || 'No line differs.'].join('\n'),
        );
      } finally {
        await hub.close();
      }
    });
}
