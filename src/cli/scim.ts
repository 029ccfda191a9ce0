import { type Command, InvalidArgumentError } from 'commander';
import { lastCalls } from '#actions/scim/calls.ts';
import { issueScimToken, listScimTokens, mayCallScim, revokeScimToken } from '#actions/scim/tokens.ts';
import { getSystem, listSystems } from '#actions/systems/list.ts';
import type { CommandIo, CommonOptions } from './io.ts';
import { operatorOrigin } from './operator.ts';

/** `scim clients|calls|token|tokens|revoke`: products that create accounts here over SCIM. */
export function scimCommands(program: Command, io: CommandIo): void {
  const group = program.command('scim').description('identity providers and HR systems that manage accounts over SCIM');
  const run = (command: Command, act: (hub: Hub, args: readonly string[], options: Options) => Promise<void>) =>
    command.action(async (...given: unknown[]) => {
      const options = given.at(-2) as Options;
      const hub = await io.openHub();
      try {
        await act(hub, given.slice(0, -2) as string[], options);
      } finally {
        await hub.close();
      }
    });

  run(group.command('clients').description('systems with the scope hub:scim'), async ({ services }, _args, options) => {
    const items = (await listSystems(services))
      .filter(mayCallScim)
      .map(({ id, title, enabled }) => ({ id, title, enabled }));
    const address = `${services.settings.issuer}/scim/v2`;
    const lines = items.map((one) => `${one.id.padEnd(20)} ${one.enabled ? '   ' : 'off'} ${one.title}`);
    io.out(options, { address, items }, () => [`Tenant URL: ${address}`, ...lines].join('\n'));
  });

  run(
    group
      .command('calls')
      .argument('<system>', 'id of the client')
      .option('--refused', 'rejected requests only')
      .description('the last requests of a client, newest first'),
    async ({ services }, [id = ''], options) => {
      await getSystem(services, id);
      const items = await lastCalls(services, id, 100, options.refused === true);
      const line = ({ at, method, path, status, count, detail }: (typeof items)[number]) =>
        `${new Date(at).toISOString()} ${status} ${method} ${path}${count > 1 ? ` x${count}` : ''}${detail === undefined ? '' : `  ${detail}`}`;
      io.out(options, { items }, () =>
        items.length === 0 ? 'No requests in the last seven days.' : items.map(line).join('\n'),
      );
    },
  );

  run(
    group
      .command('token')
      .argument('<system>', 'id of the client')
      .option('--days <n>', 'valid for so many days', wholeDays, 365)
      .description('creates a long-lived token, for products that are given one'),
    async ({ services }, [id = ''], options) => {
      const { token, record } = await issueScimToken(services, operatorOrigin(), id, options.days ?? 365);
      const endsAt = new Date(record.endsAt).toISOString();
      const address = `${services.settings.issuer}/scim/v2`;
      io.out(
        options,
        { token, id: record.id, endsAt, address },
        `Tenant URL: ${address}\nToken:      ${token}\nExpires:    ${endsAt}\nThe token is shown only now.`,
      );
    },
  );

  run(
    group
      .command('tokens')
      .argument('<system>', 'id of the client')
      .description('long-lived tokens that have not expired'),
    async ({ services }, [id = ''], options) => {
      const items = await listScimTokens(services, id);
      const line = (one: (typeof items)[number]) =>
        `${one.id}  …${one.ending}  expires ${new Date(one.endsAt).toISOString()}`;
      io.out(options, { items }, () => (items.length === 0 ? 'No long-lived tokens.' : items.map(line).join('\n')));
    },
  );

  run(
    group
      .command('revoke')
      .argument('<system>', 'id of the client')
      .argument('<token>', 'id of the token, as `scim tokens` lists it')
      .description('revokes a long-lived token'),
    async ({ services }, [system = '', token = ''], options) => {
      await revokeScimToken(services, operatorOrigin(), system, token);
      io.out(options, { revoked: token }, 'The token was revoked. It no longer works.');
    },
  );
}

type Hub = Awaited<ReturnType<CommandIo['openHub']>>;
type Options = CommonOptions & { readonly days?: number; readonly refused?: boolean };

function wholeDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1) throw new InvalidArgumentError('write a whole number of days');
  return days;
}
