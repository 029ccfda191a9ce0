import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { JSONWebKeySet } from 'jose';
import { type ExportFormat, exportAudit, exportFormats } from '#actions/audit/export.ts';
import { takeCheckpoint } from '#actions/checkpoints/take.ts';
import type { AuditEvent } from '#domain/audit/event.ts';
import { type Verification, verifyExport } from '#domain/audit/verify.ts';
import { writeDurably } from '#platform/durable.ts';
import { linesOf } from '#platform/lines.ts';
import { type CommonOptions, WrongUse } from '../io.ts';
import { operatorOrigin } from '../operator.ts';
import type { CliWorld } from '../world.ts';
import { type FilterOptions, filterOf } from './filter.ts';
import { tail } from './tail.ts';

function filtered(command: Command): Command {
  return command
    .option('--since <time>', 'from this instant or day (UTC) on')
    .option('--until <time>', 'up to this instant or day (UTC), without it')
    .option('--person <who>', 'e-mail, username or id; as actor or subject')
    .option('--system <id>', 'the system concerned')
    .option('--via <id>', 'the system it came through')
    .option('--type <type>', 'exact type, or a prefix ending in a dot such as entry.')
    .option('--outcome <outcome>', 'success, failure or denied');
}

export function auditCommands(program: Command, world: CliWorld): void {
  const { io } = world;
  const group = program.command('audit').description('the record of who did what');

  filtered(group.command('tail'))
    .description('prints the newest events, and each further one as it is stored')
    .option('-n, --lines <count>', 'how many of the newest first', count, 20)
    .option('--no-follow', 'stop after the newest')
    .action((options: FilterOptions & CommonOptions & { lines: number; follow: boolean }) =>
      tail(
        {
          settings: world.settings(),
          open: () => world.openHub(),
          print: (text) => world.streams.out(text),
          note: (line) => io.note(line),
          stop: world.stop,
        },
        options,
      ),
    );

  filtered(group.command('export'))
    .description('every event that matches, in order of writer and sequence; this is itself recorded')
    .option('--format <format>', exportFormats.join(' or '), format, 'ndjson')
    .option('--out <file>', 'write there instead of to standard output')
    .action(async (options: FilterOptions & { format: ExportFormat; out?: string }) => {
      const hub = await io.openHub();
      try {
        const filter = await filterOf(hub.services, options);
        const { events, content } = await exportAudit(hub.services, operatorOrigin(), options.format, filter);
        if (options.out === undefined) {
          for await (const piece of content) world.streams.out(String(piece));
        } else {
          await pipeline(content, createWriteStream(options.out, { mode: 0o600 }));
          io.note(`${events} events in ${options.out}`);
        }
      } finally {
        await hub.close();
      }
    });

  group
    .command('verify')
    .argument('<file>', 'an export in NDJSON')
    .description('are all chains whole; needs the export and the public keys alone')
    .option('--key <jwks>', "the hub's public keys, as under /jwks")
    .option('--checkpoint <file>', 'a checkpoint, to find a cut tail or an old copy')
    .option('--partial', 'the export begins later than the chains (--since)')
    .action(async (file: string, options: CommonOptions & { key?: string; checkpoint?: string; partial?: boolean }) => {
      const { key, checkpoint, partial = false } = options;
      const found = await verifyExport(eventsOf(file), {
        partial,
        ...(key === undefined ? {} : { jwks: keysOf(key) }),
        ...(checkpoint === undefined ? {} : { checkpoint: textOf(checkpoint).trim() }),
      });
      io.out(options, found, () => told(found, file));
      if (checkpoint !== undefined && key === undefined) {
        io.note("The checkpoint's signature was not looked at; name the hub's public keys with --key.");
      }
      if (!found.ok) io.refused();
    });

  group
    .command('checkpoint')
    .description('signs the heads of all chains now')
    .option('--out <file>', 'write a copy there')
    .action(async (options: CommonOptions & { out?: string }) => {
      const hub = await io.openHub();
      try {
        const taken = await takeCheckpoint(hub.services, operatorOrigin());
        if (options.out !== undefined) writeDurably(options.out, `${taken.jws}\n`);
        io.out(
          options,
          taken,
          `${taken.events} events of ${taken.writers} ${taken.writers === 1 ? 'writer' : 'writers'} are covered by ${taken.file}`,
        );
      } finally {
        await hub.close();
      }
    });
}

function told({ ok, events, writers, firstBad, checkpointFault }: Verification, file: string): string {
  if (ok) return `${file} is whole: ${events} events of ${writers} ${writers === 1 ? 'writer' : 'writers'}.`;
  const lines = checkpointFault === undefined ? [] : [`The checkpoint cannot be used: ${checkpointFault}.`];
  if (firstBad !== undefined) {
    lines.push(`${file} is NOT whole: first bad record is ${firstBad.writer} ${firstBad.seq}: ${firstBad.reason}`);
  }
  return lines.join('\n');
}

function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 1000) throw new WrongUse('--lines takes a number up to 1000');
  return number;
}

function format(text: string): ExportFormat {
  const found = exportFormats.find((known) => known === text);
  if (found === undefined) throw new WrongUse(`--format ${text}: choose ${exportFormats.join(' or ')}`);
  return found;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new WrongUse(`${file} cannot be read`);
  }
}

function keysOf(file: string): JSONWebKeySet {
  try {
    const value: unknown = JSON.parse(textOf(file));
    if (typeof value === 'object' && value !== null && 'keys' in value) return value as JSONWebKeySet;
    if (typeof value === 'object' && value !== null && 'kty' in value) return { keys: [value] } as JSONWebKeySet;
  } catch (error) {
    if (error instanceof WrongUse) throw error;
  }
  throw new WrongUse(`${file} holds no keys; save what the hub serves under /jwks`);
}

/** Each line as an event. A line that is no JSON is a bad record like any other: it belongs to no chain. */
async function* eventsOf(file: string): AsyncGenerator<AuditEvent> {
  const input = createReadStream(file, 'utf8');
  const opened = new Promise<void>((resolve, reject) => {
    input.once('open', () => resolve());
    input.once('error', reject);
  });
  await opened.catch(() => {
    throw new WrongUse(`${file} cannot be read`);
  });
  for await (const line of linesOf(input)) {
    if (line.trim() === '') continue;
    try {
      yield JSON.parse(line) as AuditEvent;
    } catch {
      yield {} as AuditEvent;
    }
  }
}
