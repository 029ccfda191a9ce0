import { type PersonFields, patched } from '#domain/people/fields.ts';
import { plainMail } from '../read/fields.ts';
import type { Cells } from '../read/list.ts';
import type { ListName } from './groups.ts';
import { isActive } from './standing.ts';

/** A row of one person as the outcome needs it. */
export interface PersonRow {
  readonly list: ListName;
  readonly id: string;
  readonly cells: Cells;
  /** A second account with more rights: its login is not the one to link. */
  readonly second?: true | undefined;
}

/** What the rows of one person come to. */
export interface MergedPerson {
  readonly fields: PersonFields;
  /** Field -> the one list its value comes from. */
  readonly taken: Readonly<Record<string, ListName>>;
  /** The login to link in each system, and the others of the person there. */
  readonly logins: { readonly crm?: Login; readonly erp?: Login };
}

export interface Login {
  readonly login: string;
  /** Further accounts of the person in this system, which stay as they are. */
  readonly others: readonly string[];
}

/**
 * One account out of the rows of one person. Each attribute has one source, the first in `sources` that tells it; the parts
 * of the name come from one source together. With a directory at hand, whoever is not in it (or has left) comes in disabled.
 *
 * @param hasDirectory whether the unification has a directory at all
 */
export function personOf(
  rows: readonly PersonRow[],
  sources: readonly ListName[],
  now: number,
  hasDirectory: boolean,
): MergedPerson {
  const ordered = sources.flatMap((list) => rows.filter((row) => row.list === list).sort(bySecond(now)));
  const taken: Record<string, ListName> = {};
  const first = (field: string, read: (cells: Cells) => string | undefined): string | undefined => {
    for (const { list, cells } of ordered) {
      const value = read(cells);
      if (value === undefined || value === '') continue;
      taken[field] = list;
      return value;
    }
    return undefined;
  };
  const logins = loginsOf(rows, now);
  const email = first('email', ({ mail }) => (mail === undefined ? undefined : plainMail(mail)));
  const named = namesOf(ordered);
  if (named !== undefined) for (const field of Object.keys(named.names)) taken[field] = named.list;
  const username = email === undefined ? (logins.erp ?? logins.crm)?.login : undefined;
  if (username !== undefined) taken.username = logins.erp === undefined ? 'crm' : 'erp';
  const fields = patched({
    ...named?.names,
    email: email ?? null,
    username: username ?? null,
    department: first('department', ({ department }) => department) ?? null,
    jobTitle: first('jobTitle', ({ title }) => title) ?? null,
    country: first('country', ({ country }) => country) ?? null,
    employeeNumber: first('employeeNumber', ({ number }) => number && shownNumber(number)) ?? null,
    status: isHere(rows, now, hasDirectory) ? 'active' : 'disabled',
  });
  return { fields, taken, logins };
}

function isHere(rows: readonly PersonRow[], now: number, hasDirectory: boolean): boolean {
  const known = rows.filter(({ list }) => list === 'directory');
  const telling = hasDirectory ? known : rows;
  return telling.some(({ cells }) => isActive(cells, now));
}

/** The person's first account before second ones, working ones before locked ones. */
function bySecond(now: number): (a: PersonRow, b: PersonRow) => number {
  const rank = ({ second, cells }: PersonRow): number => Number(second === true) * 2 + Number(!isActive(cells, now));
  return (a, b) => rank(a) - rank(b);
}

function loginsOf(rows: readonly PersonRow[], now: number): { crm?: Login; erp?: Login } {
  const logins: { crm?: Login; erp?: Login } = {};
  for (const list of ['crm', 'erp'] as const) {
    const [one, ...others] = rows.filter((row) => row.list === list).toSorted(bySecond(now));
    if (one === undefined) continue;
    logins[list] = { login: loginOf(one), others: others.map(loginOf) };
  }
  return logins;
}

/** The login as its system knows it: the login column, or the id where the export has no other. */
export function loginOf({ id, cells }: PersonRow): string {
  return cells.login ?? id;
}

/** Zeros that an ERP puts before a number are no part of it. */
export function shownNumber(number: string): string {
  const whole = number.trim().replace(/^(\d+)\.0+$/, '$1');
  return /^\d+$/.test(whole) ? whole.replace(/^0+(?=\d)/, '') : whole;
}

interface Names {
  readonly name?: string;
  readonly givenName?: string;
  readonly familyName?: string;
}

function namesOf(ordered: readonly PersonRow[]): { names: Names; list: ListName } | undefined {
  const parted = ordered.find(({ cells }) => cells.given !== undefined && cells.family !== undefined);
  const whole = ordered.find(({ cells }) => cells.name !== undefined);
  const row = parted !== undefined && (whole?.list !== 'directory' || parted === whole) ? parted : (whole ?? parted);
  if (row === undefined) return undefined;
  const { given, family, name } = row.cells;
  const names: Names = {
    ...(name === undefined ? {} : { name: turned(name) }),
    ...(given === undefined ? {} : { givenName: given }),
    ...(family === undefined ? {} : { familyName: family }),
  };
  return { names, list: row.list };
}

/** `KOWALSKA, Anna` is written `Anna Kowalska`. */
function turned(name: string): string {
  const [, family = '', given = ''] = /^([^,]+),\s*([^,]+)$/u.exec(name.trim()) ?? [];
  if (given === '') return name.trim();
  const calm =
    family === family.toUpperCase()
      ? family.toLowerCase().replace(/(^|[\s'-])\p{L}/gu, (letter) => letter.toUpperCase())
      : family;
  return `${given.trim()} ${calm}`;
}
