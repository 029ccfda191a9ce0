import type { PersonFields } from '#domain/people/fields.ts';
import { fold, loginsOf } from '#domain/people/folding.ts';
import type { MergedPerson } from '#domain/unify/outcome/person.ts';
import type { Stored } from '#storage/collection.ts';
import {
  links,
  type Person,
  type Proposal,
  type ProposalRow,
  people,
  proposals,
  type UnificationRecord,
} from '#storage/collections.ts';
import type { Services } from '../services.ts';

type ListName = ProposalRow['list'];

/** Everything that is proposed for any of these rows; one look into the index for each. */
export async function proposedFor({ store }: Services, rowKeys: readonly string[]): Promise<Stored<Proposal>[]> {
  const found = new Map<string, Stored<Proposal>>();
  for (const key of rowKeys) {
    const { items } = await store.find(proposals, { where: { rowKeys: key }, limit: 200 });
    for (const one of items) found.set(one.id, one);
  }
  return [...found.values()];
}

/** The accounts that rows of a proposal were given to by decisions before, and the lists of those rows. */
export async function tiedTo(
  services: Services,
  { id, rowKeys, unification }: Stored<Proposal>,
): Promise<{ people: string[]; lists: ListName[] }> {
  const found = new Set<string>();
  const lists = new Set<ListName>();
  for (const other of await proposedFor(services, rowKeys)) {
    if (other.id === id || other.state !== 'accepted' || other.effect === undefined) continue;
    found.add(other.effect.person);
    for (const row of other.rows) if (rowKeys.includes(`${unification}:${row.list}:${row.at}`)) lists.add(row.list);
  }
  return { people: [...found], lists: [...lists] };
}

/** An account that a row leads to, with the row's list; `login`: by the login that its system is known to have. */
export interface Met {
  readonly person: Stored<Person>;
  readonly list: ListName;
  readonly login: boolean;
}

/** Accounts of the hub that the rows' numbers, addresses and logins belong to. */
export async function metBy(
  { store }: Services,
  { systems, sources }: Stored<UnificationRecord>,
  rows: readonly ProposalRow[],
  { logins }: MergedPerson,
): Promise<Met[]> {
  const met: Met[] = [];
  const note = (person: Stored<Person> | undefined, list: ListName, login = false): void => {
    const before = met.findIndex((one) => one.person.id === person?.id);
    if (person !== undefined && before < 0) met.push({ person, list, login });
    else if (person !== undefined && login) met[before] = { person, list, login };
  };
  for (const list of sources) {
    for (const row of rows) {
      if (row.list !== list) continue;
      const { number, mail } = row.cells;
      for (const form of numberForms(number)) note(await store.one(people, 'employeeNumber', form), list);
      if (mail === undefined) continue;
      const owner = await store.one(people, 'logins', fold(mail));
      if (owner?.email !== undefined && fold(owner.email) === fold(mail)) note(owner, list);
    }
  }
  for (const list of ['crm', 'erp'] as const) {
    const login = logins[list]?.login;
    if (login === undefined) continue;
    const [link] = (await store.find(links, { where: { system: systems[list], login }, limit: 1 })).items;
    if (link !== undefined) note(await store.get(people, link.person), list, true);
  }
  return met;
}

/** As it stands and as a directory would write it. */
function numberForms(number: string | undefined): string[] {
  if (number === undefined) return [];
  const whole = number
    .trim()
    .normalize('NFC')
    .replace(/^(\d+)\.0+$/, '$1');
  return [...new Set([whole, /^\d+$/.test(whole) ? whole.replace(/^0+(?=\d)/, '') : whole])];
}

/** What the proposals of one commit take for their people alone. */
export class Claims {
  private readonly owners = new Map<string, string | undefined>();

  /** Takes a person's logins here and in both systems, and the number. @returns the one that an earlier proposal of the commit has taken, if any */
  take(person: string | undefined, fields: PersonFields, linked: MergedPerson['logins']): string | undefined {
    const keys = [
      ...loginsOf(fields),
      ...Object.entries(linked).map(([list, { login }]) => `${list} login ${login}`),
      ...(fields.employeeNumber === undefined ? [] : [`number ${fields.employeeNumber}`]),
    ];
    if (person !== undefined) keys.push(`person ${person}`);
    const clash = keys.find((key) => this.owners.has(key));
    if (clash !== undefined) return clash;
    for (const key of keys) this.owners.set(key, person);
    return undefined;
  }
}
