import type { Account } from '../read/account.ts';
import { candidates, hardKeys } from './blocks.ts';
import { weigh } from './evidence.ts';
import type { World } from './world.ts';

/** Groups of rows of one list that are one person, each group in the order of the file. */
export interface Doubles {
  readonly groups: readonly (readonly Account[])[];
  same(a: Account, b: Account): boolean;
}

/**
 * Finds rows of one person. In one list a name alone proves nothing: two rows of one name are two people there, unless one
 * of them is an administrator's second account and the name has one owner.
 */
export function findDoubles(
  list: readonly Account[],
  world: World,
  person: (account: Account) => Account | undefined,
): Doubles {
  const heads = new Map<Account, Account>();
  const head = (account: Account): Account => {
    let at = account;
    for (let up = heads.get(at); up !== undefined; up = heads.get(at)) at = up;
    return at;
  };
  const same = (a: Account, b: Account): boolean => head(a) === head(b);
  const join = (a: Account, b: Account): void => {
    const [one, two] = [head(a), head(b)].sort((first, second) => first.at - second.at);
    if (one !== undefined && two !== undefined && one !== two) heads.set(two, one);
  };
  const first = new Map<Account, Account>();
  for (const account of list) {
    const owner = person(account);
    if (owner === undefined) continue;
    const before = first.get(owner);
    if (before === undefined) first.set(owner, account);
    else join(before, account);
  }
  const seconds = list.filter(({ second }) => second);
  for (const [a, b] of [...candidates(list, list, hardKeys), ...candidates(seconds, list)]) {
    if (a === b || same(a, b)) continue;
    const [one, two] = [person(a), person(b)];
    if (one !== undefined && two !== undefined) continue;
    const { decision, proved, clear } = weigh(a, b, world);
    const owned = a.second !== b.second && clear && a.names.every((name) => world.owners(name) <= 1);
    if ((decision === 'auto' && proved) || (decision !== 'none' && owned)) join(a, b);
  }
  const groups = new Map<Account, Account[]>();
  for (const account of list) {
    const top = head(account);
    groups.set(top, [...(groups.get(top) ?? []), account]);
  }
  return { groups: [...groups.values()].filter((group) => group.length > 1), same };
}
