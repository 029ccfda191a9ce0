import type { Command } from 'commander';
import { askForRole } from '#actions/requests/ask.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { operatorOrigin } from '../operator.ts';
import { personNamed, withHub } from '../people/person.ts';
import { instantOption } from '../policy/file.ts';
import { requestLine, shownRequest } from './shown.ts';

interface MakeOptions extends CommonOptions {
  readonly reason: string;
  readonly from?: string;
  readonly until?: string;
}

/** `requests make PERSON ROLE --reason TEXT`: asks for somebody; the operator then decides it no more. */
export function makeCommand(requests: Command, io: CommandIo): void {
  requests
    .command('make')
    .description('ask for a role for somebody; somebody else decides')
    .argument('<person>', 'e-mail or username')
    .argument('<role>', 'id of a role of the policy')
    .requiredOption('--reason <text>', 'why, in 1 to 500 characters')
    .option('--from <instant>', 'YYYY-MM-DD (00:00 UTC) or an ISO instant ending in Z, inclusive')
    .option('--until <instant>', 'as --from, exclusive')
    .action(async (login: string, role: string, options: MakeOptions) => {
      const from = options.from === undefined ? {} : { from: instantOption(options.from) };
      const until = options.until === undefined ? {} : { until: instantOption(options.until) };
      await withHub(io, async (services) => {
        const { id: person } = await personNamed(services, login);
        const asked = { person, role, reason: options.reason, ...from, ...until };
        const shown = await shownRequest(services, await askForRole(services, operatorOrigin(), asked));
        io.out(options, shown, () => requestLine(shown));
      });
    });
}
