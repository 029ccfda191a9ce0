import type { Command } from 'commander';
import { withdrawRequest } from '#actions/requests/change.ts';
import { approveRequest, rejectRequest } from '#actions/requests/decide.ts';
import type { Services } from '#actions/services.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { type AccessRequest, accessRequests } from '#storage/collections.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { operatorOrigin } from '../operator.ts';
import { withHub } from '../people/person.ts';
import { requestLine, shownRequest } from './shown.ts';

interface DecideOptions extends CommonOptions {
  readonly reason: string;
  readonly digest?: string;
}

/**
 * `requests approve|reject|withdraw ID`. An approval is of what stands there now, or with `--digest` of what was seen before: what
 * changed meanwhile is refused.
 */
export function decideCommands(requests: Command, io: CommandIo): void {
  const decide = (name: string, description: string) =>
    requests
      .command(name)
      .description(description)
      .argument('<id>', 'as `requests list` shows it')
      .requiredOption('--reason <text>', 'why, in 1 to 500 characters');
  const answer = async (
    id: string,
    options: CommonOptions,
    act: (services: Services, one: Stored<AccessRequest>) => Promise<unknown>,
  ) =>
    withHub(io, async (services) => {
      await act(services, await requestOf(services, id));
      const shown = await shownRequest(services, await requestOf(services, id));
      io.out(options, shown, () => requestLine(shown));
    });
  decide('approve', 'approve what a request asks for; never one of your own')
    .option('--digest <digest>', 'of the content that was seen')
    .action((id: string, options: DecideOptions) =>
      answer(id, options, (services, { version: ifVersion, digest }) => {
        const decision = { ifVersion, reason: options.reason, digest: options.digest ?? digest };
        return approveRequest(services, operatorOrigin(), id, decision);
      }),
    );
  decide('reject', 'decline a request').action((id: string, options: DecideOptions) =>
    answer(id, options, (services, { version: ifVersion }) =>
      rejectRequest(services, operatorOrigin(), id, { ifVersion, reason: options.reason }),
    ),
  );
  requests
    .command('withdraw')
    .description('take back a request that was made here')
    .argument('<id>', 'as `requests list` shows it')
    .action((id: string, options: CommonOptions) =>
      answer(id, options, (services, { version }) => withdrawRequest(services, operatorOrigin(), id, version)),
    );
}

async function requestOf({ store }: Services, id: string): Promise<Stored<AccessRequest>> {
  const found = await store.get(accessRequests, id);
  if (found === undefined) throw new HubError('not-found', 'There is no such request; `requests list` shows them');
  return found;
}
