import { type Command, Option } from 'commander';
import { everyRecord } from '#actions/access/reading.ts';
import { accessRequestSchema, accessRequests } from '#storage/collections.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { withHub } from '../people/person.ts';
import { requestLine, shownRequest } from './shown.ts';

const states = accessRequestSchema.shape.state.options;

/** `requests list [--state open]`: the oldest first. */
export function listCommand(requests: Command, io: CommandIo): void {
  requests
    .command('list')
    .description('requests for roles, the oldest first')
    .addOption(new Option('--state <state>', 'which').choices([...states]).default('open'))
    .action(async ({ state, ...options }: CommonOptions & { state: string }) => {
      await withHub(io, async (services) => {
        const found = await Array.fromAsync(everyRecord(services.store, accessRequests, { where: { state } }));
        const shown = await Promise.all(found.map((one) => shownRequest(services, one)));
        io.out(options, { requests: shown }, () => shown.map(requestLine).join('\n') || `No request is ${state}.`);
      });
    });
}
