import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { HubError } from '#domain/errors.ts';
import type { Account } from '#domain/unify/read/account.ts';
import type { Unification, UnifyPair } from '#domain/unify/unify.ts';
import { type CommandIo, type CommonOptions, WrongUse } from '../io.ts';

interface UnifyOptions extends CommonOptions {
  readonly crm: string;
  readonly erp: string;
  readonly directory?: string;
  readonly dryRun?: boolean;
}

/** `people unify --crm FILE --erp FILE [--directory FILE] --dry-run`: who is who in two user exports. Opens no store. */
export function unifyCommand(people: Command, io: CommandIo): void {
  people
    .command('unify')
    .description('match the users of a CRM and an ERP from their exports; so far the dry run, which changes nothing')
    .requiredOption('--crm <file>', "the CRM's user export, a CSV file")
    .requiredOption('--erp <file>', "the ERP's user export, a CSV file")
    .option('--directory <file>', 'the people who work here, with employee numbers, a CSV file')
    .option('--dry-run', 'tell what would be matched, change nothing')
    .action(async (options: UnifyOptions) => {
      if (options.dryRun !== true)
        throw new WrongUse('people unify has only its dry run so far and merges nothing; add --dry-run');
      // Loaded here: the dictionaries of names are not for every command to wait for.
      const { unify } = await import('#domain/unify/unify.ts');
      const crm = await read(options.crm, 'system');
      const erp = await read(options.erp, 'system');
      const directory = options.directory === undefined ? [] : await read(options.directory, 'directory');
      const found = unify(crm, erp, directory);
      io.out(options, found, () => told(found));
    });
}

async function read(file: string, kind: 'system' | 'directory'): Promise<readonly Account[]> {
  let source: Uint8Array;
  try {
    source = await readFile(file);
  } catch (fault) {
    throw new WrongUse(`${file} cannot be read: ${fault instanceof Error ? fault.message : String(fault)}`);
  }
  const { readAccounts } = await import('#domain/unify/read/list.ts');
  const { accounts, faults } = readAccounts(source, kind);
  if (faults.length === 0) return accounts;
  const named = faults.map(({ line, message }) => ({ path: `${file}:${line}`, message }));
  throw new HubError('invalid', `${file} cannot be used as it is; nothing was matched`, { faults: named });
}

function told({ pairs, alone, setAside, duplicates }: Unification): string {
  const sure = pairs.filter(({ decision }) => decision === 'auto').length;
  const doubtful = pairs.filter(({ decision }) => decision === 'review');
  return [
    `${sure} sure pairs, ${doubtful.length} to review`,
    `alone: ${alone.crm.length} in the CRM, ${alone.erp.length} in the ERP`,
    `set aside as nobody's: ${setAside.crm.length} in the CRM, ${setAside.erp.length} in the ERP`,
    `people with several accounts: ${duplicates.crm.length} in the CRM, ${duplicates.erp.length} in the ERP`,
    ...doubtful.map(line),
    'Nothing was changed. The whole answer with its reasons comes with --json.',
  ].join('\n');
}

function line({ crm, erp, score, reasons }: UnifyPair): string {
  return `  ${crm} ~ ${erp}  ${score.toFixed(2)}  ${reasons.join('; ')}`;
}
