import type { Name, Part } from '../names/name.ts';
import type { Account } from '../read/account.ts';

/** How common things are in all lists together: what many share tells nobody apart. */
export interface World {
  /** Most rows of one list that carry the value. */
  sharing(kind: 'number' | 'mail' | 'phone', value: string): number;
  /** How many people of one list may carry this name. */
  owners(name: Name): number;
  /** How many other people of that name chance alone would put into a list. */
  expected(name: Name): number;
  /** Whether an address is of the domain that most have. */
  ofTheHouse(mail: string): boolean;
  /** Whether an address is of a domain that many have. */
  ofACompany(mail: string): boolean;
  /** Whether an employee number of this length belongs to the numbers the lists have in common. */
  ordinary(number: string): boolean;
}

/** Keys under which two spellings of one name meet. */
export function nameKeys(name: Name): string[] {
  const [reading] = name.readings;
  if (reading === undefined) return [];
  const { family, given } = reading;
  const keyOf = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`);
  // Among pinyin syllables the loose spelling would make one owner of many.
  const plain = (part: Part): string => (part.pinyin ? part.text : part.loose);
  return [keyOf(plain(family), plain(given))];
}

function domainOf(mail: string): string {
  return mail.slice(mail.indexOf('@') + 1);
}

/** Counts over all lists; each person's second accounts are left out. */
export function worldOf(lists: readonly (readonly Account[])[]): World {
  const shared = new Map<string, number>();
  const named = new Map<string, number>();
  const parts = new Map<string, number>();
  const lengths = new Map<number, number>();
  const domains = new Map<string, number>();
  let size = 1;
  for (const list of lists) {
    const here = new Map<string, number>();
    const people = new Map<string, Set<string>>();
    const count = (key: string): unknown => here.set(key, (here.get(key) ?? 0) + 1);
    for (const account of list) {
      if (account.second) continue;
      for (const number of account.numbers) count(`number ${number}`);
      for (const number of account.numbers.slice(0, 1))
        lengths.set(number.length, (lengths.get(number.length) ?? 0) + 1);
      for (const mail of account.mails) count(`mail ${mail}`);
      for (const mail of account.mails.slice(0, 1)) domains.set(domainOf(mail), (domains.get(domainOf(mail)) ?? 0) + 1);
      for (const phone of account.phones) count(`phone ${phone}`);
      const [name] = account.names;
      if (name === undefined) continue;
      const owner = account.numbers[0] ?? account.mails[0] ?? `#${account.at}`;
      for (const key of nameKeys(name)) people.set(key, (people.get(key) ?? new Set()).add(owner));
    }
    for (const [key, times] of here) shared.set(key, Math.max(times, shared.get(key) ?? 0));
    for (const [key, owners] of people) named.set(key, Math.max(owners.size, named.get(key) ?? 0));
    if (list.length <= size) continue;
    size = list.length;
    parts.clear();
    for (const { names } of list) {
      const reading = names[0]?.readings[0];
      if (reading === undefined) continue;
      for (const part of [reading.family.loose, reading.given.loose]) parts.set(part, (parts.get(part) ?? 0) + 1);
    }
  }
  const [house] = [...domains].sort((a, b) => b[1] - a[1])[0] ?? [''];
  const mailed = [...domains.values()].reduce((sum, count) => sum + count, 0);
  const most = Math.max(0, ...lengths.values());
  return {
    sharing: (kind, value) => shared.get(`${kind} ${value}`) ?? 0,
    owners: (name) => Math.max(0, ...nameKeys(name).map((key) => named.get(key) ?? 0)),
    expected: (name) => {
      const reading = name.readings[0];
      if (reading === undefined) return size;
      return (((parts.get(reading.family.loose) ?? 0) + 1) * ((parts.get(reading.given.loose) ?? 0) + 1)) / size;
    },
    ofACompany: (mail) => (domains.get(domainOf(mail)) ?? 0) > mailed / 50,
    ofTheHouse: (mail) => domainOf(mail) === house,
    ordinary: (number) => (lengths.get(number.length) ?? 0) > most / 5,
  };
}
