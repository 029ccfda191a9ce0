import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { HubError } from '#domain/errors.ts';
import type { Account } from '#domain/unify/read/account.ts';
import { type ColumnMap, type Meaning, meaningNamed, meanings } from '#domain/unify/read/columns.ts';
import type { ReadOptions } from '#domain/unify/read/list.ts';
import type { Unification, UnifyPair } from '#domain/unify/unify.ts';
import { type CommandIo, type CommonOptions, WrongUse } from '../io.ts';

interface UnifyOptions extends CommonOptions {
  readonly crm: string;
  readonly erp: string;
  readonly directory?: string;
  readonly map?: readonly string[];
  readonly encoding?: string;
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
    .option('--map <columns...>', 'columns by hand, such as crm.mail=E-Mail erp.number=PERNR; see --help')
    .option('--encoding <name>', 'of all files, when the guess is wrong: windows-1250, gb18030, utf-16le, …')
    .option('--dry-run', 'tell what would be matched, change nothing')
    .action(async (options: UnifyOptions) => {
      if (options.dryRun !== true)
        throw new WrongUse('people unify has only its dry run so far and merges nothing; add --dry-run');
      // Loaded here: the dictionaries of names are not for every command to wait for.
      const { unify } = await import('#domain/unify/unify.ts');
      const maps = mapsOf(options.map ?? []);
      const how = (list: 'crm' | 'erp' | 'directory') => ({ map: maps[list], encoding: options.encoding });
      const crm = await read(options.crm, 'system', how('crm'));
      const erp = await read(options.erp, 'system', how('erp'));
      const directory =
        options.directory === undefined ? [] : await read(options.directory, 'directory', how('directory'));
      const found = unify(crm, erp, directory);
      io.out(options, found, () => told(found));
    });
}

/** `crm.mail=E-Mail`: list, meaning, title of the column. An empty title takes the column away. */
function mapsOf(told: readonly string[]): Record<'crm' | 'erp' | 'directory', ColumnMap> {
  const maps: Record<'crm' | 'erp' | 'directory', { [meaning in Meaning]?: string }> = {
    crm: {},
    erp: {},
    directory: {},
  };
  for (const one of told) {
    const [, list, word = '', title = ''] = /^(crm|erp|directory)\.(\w+)=(.*)$/su.exec(one) ?? [];
    const meaning = meaningNamed(word);
    if (list === undefined || meaning === undefined)
      throw new WrongUse(
        `--map ${one} is not LIST.MEANING=TITLE; LIST is crm, erp or directory, MEANING one of ${meanings.join(', ')}`,
      );
    maps[list as 'crm' | 'erp' | 'directory'][meaning] = title;
  }
  return maps;
}

async function read(file: string, kind: 'system' | 'directory', how: ReadOptions): Promise<readonly Account[]> {
  let source: Uint8Array;
  try {
    source = await readFile(file);
  } catch (fault) {
    throw new WrongUse(`${file} cannot be read: ${fault instanceof Error ? fault.message : String(fault)}`);
  }
  const { readAccounts } = await import('#domain/unify/read/list.ts');
  const { accounts, faults } = readAccounts(source, kind, how);
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
