import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { HubError } from '#domain/errors.ts';
import type { Account } from '#domain/unify/read/account.ts';
import { type ColumnMap, type Meaning, meaningNamed, meanings } from '#domain/unify/read/columns.ts';
import type { ReadOptions } from '#domain/unify/read/list.ts';
import type { Unification, UnifyPair } from '#domain/unify/unify.ts';
import { type CommandIo, type CommonOptions, WrongUse } from '../io.ts';
import { withHub } from './person.ts';

interface UnifyOptions extends CommonOptions {
  readonly crm?: string;
  readonly erp?: string;
  readonly directory?: string;
  readonly unknown?: string;
  readonly crmSystem?: string;
  readonly erpSystem?: string;
  readonly map?: readonly string[];
  readonly encoding?: string;
  readonly dryRun?: boolean;
  readonly acceptSure?: boolean;
  readonly undo?: string;
  readonly reason?: string;
}

/**
 * `people unify --crm FILE --erp FILE [--directory FILE]`: who is who in two user exports. With `--dry-run` it changes nothing, and
 * reads the store for its people at most; without it the proposals are kept, and the sure ones accepted when asked to.
 */
export function unifyCommand(people: Command, io: CommandIo): void {
  people
    .command('unify')
    .description('match the users of a CRM and an ERP from their exports, and make one account of each person')
    .option('--crm <file>', "the CRM's user export, a CSV file")
    .option('--erp <file>', "the ERP's user export, a CSV file")
    .option(
      '--directory <file>',
      'the people who work here, with employee numbers, a CSV file; the people of the hub when left out',
    )
    .option('--unknown <how>', 'people whom the directory does not have come in `disabled` or `as-exported`')
    .option('--crm-system <id>', 'the system that the file is of; the only CRM when left out')
    .option('--erp-system <id>', 'the system that the file is of; the only ERP when left out')
    .option('--map <columns...>', 'columns by hand, such as crm.mail=E-Mail erp.number=PERNR')
    .option('--encoding <name>', 'of all files, when the guess is wrong: windows-1250, gb18030, utf-16le, …')
    .option('--dry-run', 'tell what would be matched, change nothing')
    .option('--accept-sure', 'accept the sure proposals at once; takes --reason')
    .option('--undo <id>', 'take an accepted proposal, or a merge of two accounts, apart again')
    .option('--reason <text>', 'why, for the record')
    .action(async (options: UnifyOptions) => {
      if (options.undo !== undefined) {
        const { undo } = await import('./unify-store.ts');
        const id = options.undo;
        return withHub(io, (services) => undo(services, io, options, id, options.reason));
      }
      const maps = mapsOf(options.map ?? []);
      if (options.crm === undefined || options.erp === undefined)
        throw new WrongUse('people unify needs --crm FILE and --erp FILE (or --undo ID)');
      if (options.acceptSure === true && (options.reason ?? '').trim() === '')
        throw new WrongUse('--accept-sure takes --reason TEXT, for the record');
      const { unknown } = options;
      if (unknown !== undefined && unknown !== 'disabled' && unknown !== 'as-exported')
        throw new WrongUse('--unknown is disabled or as-exported');
      const files = {
        crm: await bytesOf(options.crm),
        erp: await bytesOf(options.erp),
        ...(options.directory === undefined ? {} : { directory: await bytesOf(options.directory) }),
      };
      if (options.dryRun === true) return dryRun(io, options, files, maps);
      const { keep } = await import('./unify-store.ts');
      await withHub(io, (services) =>
        keep(services, io, options, {
          files,
          maps,
          encoding: options.encoding,
          unknown,
          systems: { crm: options.crmSystem, erp: options.erpSystem },
          accept: options.acceptSure === true ? options.reason : undefined,
        }),
      );
    });
}

interface FileBytes {
  readonly path: string;
  readonly bytes: Uint8Array;
}

async function dryRun(
  io: CommandIo,
  options: UnifyOptions,
  files: { readonly crm: FileBytes; readonly erp: FileBytes; readonly directory?: FileBytes },
  maps: Maps,
): Promise<void> {
  // Loaded here: the dictionaries of names are not for every command to wait for.
  const { unify } = await import('#domain/unify/unify.ts');
  const how = (list: keyof Maps) => ({ map: maps[list], encoding: options.encoding });
  const crm = await read(files.crm, 'system', how('crm'));
  const erp = await read(files.erp, 'system', how('erp'));
  const people = files.directory === undefined ? await io.knownPeople() : [];
  const directory =
    files.directory === undefined
      ? (await import('#domain/unify/read/people.ts')).readPeople(people).accounts
      : await read(files.directory, 'directory', how('directory'));
  const found = unify(crm, erp, directory);
  const directoryFrom = files.directory !== undefined ? 'file' : people.length > 0 ? 'hub' : 'none';
  const used = {
    file: `the directory is ${files.directory?.path}: ${directory.length} people`,
    hub: `the directory is the people of this hub: ${people.length}; name another with --directory`,
    none: 'there is no directory: the hub has no people, and no --directory is named',
  }[directoryFrom];
  io.out(options, { ...found, directoryFrom }, () => `${used}\n${told(found)}`);
}

async function bytesOf(path: string): Promise<FileBytes> {
  try {
    return { path, bytes: await readFile(path) };
  } catch (fault) {
    throw new WrongUse(`${path} cannot be read: ${fault instanceof Error ? fault.message : String(fault)}`);
  }
}

type Maps = Record<'crm' | 'erp' | 'directory', ColumnMap>;

/** `crm.mail=E-Mail`: list, meaning, title of the column. An empty title takes the column away. */
function mapsOf(told: readonly string[]): Maps {
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

async function read(
  { path: file, bytes }: FileBytes,
  kind: 'system' | 'directory',
  how: ReadOptions,
): Promise<readonly Account[]> {
  const { readAccounts } = await import('#domain/unify/read/list.ts');
  const { accounts, faults } = readAccounts(bytes, kind, how);
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
