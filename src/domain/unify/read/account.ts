import { type Name, nameOfCells, nameOfText } from '../names/name.ts';
import { oneSlip } from '../names/slips.ts';
import type { Columns, Meaning } from './columns.ts';
import {
  departmentOfMail,
  numberForms,
  numberInLogin,
  plainDepartment,
  plainLogin,
  plainMail,
  plainNumber,
  plainPhone,
} from './fields.ts';
import { isExternal, isRoleMail, isSecondAccount, whyNobody } from './nobody.ts';

/** One row as the matcher sees it. Lists hold each value once; a directory row may lend its own to an account. */
export interface Account {
  readonly id: string;
  readonly at: number;
  readonly names: readonly Name[];
  readonly numbers: readonly string[];
  /** Personal addresses; those of departments are left out. */
  readonly mails: readonly string[];
  /** The login looks like an address; whether it is one, the whole list tells (`settleMails`). */
  readonly loginMail?: string;
  readonly phones: readonly string[];
  readonly login: string;
  readonly department?: string;
  /** An administrator's second account. */
  readonly second: boolean;
  /** The row itself says that it is an external's. */
  readonly external: boolean;
  /** Why it is nobody's. */
  readonly nobody?: string;
}

/** Reads one record. `at` is its place in its list, from 0. */
export function accountOf(cells: readonly string[], columns: Columns, at: number): Account {
  const cell = (meaning: Meaning): string =>
    columns[meaning] === undefined ? '' : (cells[columns[meaning]] ?? '').trim();
  const login = plainLogin(cell('login'));
  const whole = cell('name') === '' ? `${cell('given')} ${cell('family')}`.trim() : cell('name');
  const [mail, loginMail] = [plainMail(cell('mail')), plainMail(cell('login'))];
  const mails = [mail, loginMail].filter((one) => one !== undefined);
  const own = [...new Set(mails.filter((one) => !isRoleMail(one)))];
  const known = own.length > 0 || plainNumber(cell('number')) !== undefined;
  const nobody = whyNobody({
    login,
    name: whole,
    kind: cell('kind'),
    mail: `${cell('mail')} ${cell('login')}`,
    known,
  });
  const numbers = [...numberForms(cell('number')), numberInLogin(login)].filter((number) => number !== undefined);
  const phone = plainPhone(cell('phone'));
  const shared = mails.find(isRoleMail);
  const department =
    plainDepartment(cell('department')) ?? (shared === undefined ? undefined : departmentOfMail(shared));
  return {
    id: cell('id'),
    at,
    names: namesOf(cell('given'), cell('family'), cell('name'), own),
    numbers: [...new Set(numbers)],
    mails: mail === undefined || isRoleMail(mail) ? [] : [mail],
    ...(loginMail === undefined || isRoleMail(loginMail) ? {} : { loginMail }),
    phones: phone === undefined ? [] : [phone],
    login,
    ...(department === undefined ? {} : { department }),
    second: isSecondAccount(login, whole),
    external: isExternal(login, whole),
    ...(nobody === undefined ? {} : { nobody }),
  };
}

/** The name in the cells, and the one in a `given.family@` address when it shares a word with it (a colleague's English name). */
function namesOf(given: string, family: string, text: string, mails: readonly string[]): Name[] {
  const names: Name[] = [];
  const add = (name: Name | undefined): void => {
    if (name !== undefined && !names.some((known) => known.shown === name.shown)) names.push(name);
  };
  if (given !== '' || family !== '') add(nameOfCells(given, family));
  else add(nameOfText(text));
  const [shown] = names;
  for (const mail of mails) {
    const words = /^(\p{L}{2,})[._](\p{L}{2,})\d*@/u.exec(mail);
    if (shown === undefined || words === null || shown.han !== undefined) continue;
    const [, first = '', last = ''] = words;
    const own = shown.readings.flatMap(({ family: part }) => [part.text, ...part.others]);
    const near = own.some((part) => part === first || part === last || (part.length > 3 && oneSlip(part, last)));
    if (near) add(nameOfCells(first, last));
  }
  return names;
}

/** The account with what is known of the person it belongs to. */
export function enriched(account: Account, person: Account): Account {
  const join = (one: readonly string[], two: readonly string[]): string[] => [...new Set([...one, ...two])];
  return {
    ...account,
    names: [
      ...account.names,
      ...person.names.filter(({ shown }) => !account.names.some((name) => name.shown === shown)),
    ],
    numbers: join(person.numbers, account.numbers),
    mails: join(account.mails, person.mails),
    phones: join(account.phones, person.phones),
  };
}
