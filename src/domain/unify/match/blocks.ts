import { looseKey } from '../names/fold.ts';
import type { Name } from '../names/name.ts';
import { givenKeys } from '../names/short-forms.ts';
import type { Account } from '../read/account.ts';

/** A block of more rows on one side than this tells nobody apart; other keys have to find its pairs. */
const widest = 60;

function* namesKeys(name: Name): Generator<string> {
  for (const { family, given } of name.readings.slice(0, 3)) {
    for (const one of [family.loose, ...(family.others.length > 6 ? [] : family.others.map(looseKey))]) {
      yield `n ${one} ${given.loose}`;
      for (const other of given.others.slice(0, 6)) yield `n ${one} ${looseKey(other)}`;
      for (const group of givenKeys(given.words[0] ?? '')) yield `n ${one} ${group}`;
      if (given.loose !== '') {
        yield `n ${one} ${given.loose.slice(0, 1)}`;
        yield `n ${one} ${given.loose.slice(0, 3)}.`;
        yield `n ${one} .${given.loose.slice(-3)}`;
      }
      for (const word of given.words) if (given.words.length > 1) yield `n ${one} ${word}`;
    }
    for (const word of family.words) if (family.words.length > 1) yield `n ${word} ${given.loose}`;
    yield `g ${given.loose} ${family.loose.slice(0, 3)}.`;
    yield `g ${given.loose} .${family.loose.slice(-3)}`;
  }
  yield `b ${name.bag}`;
  for (const joined of name.joined) yield `j ${joined}`;
}

/** Keys of what belongs to one person only: rows of one list that are one person share one. */
export function hardKeys(account: Account): Set<string> {
  const keys = new Set<string>();
  for (const number of account.numbers) keys.add(`# ${number}`);
  for (const mail of account.mails) {
    keys.add(`@ ${mail}`);
    keys.add(`l ${mail.slice(0, mail.indexOf('@'))}`);
  }
  for (const phone of account.phones) keys.add(`p ${phone}`);
  return keys;
}

/** Keys of which two rows of one person share at least one. */
function allKeys(account: Account): Set<string> {
  const keys = hardKeys(account);
  for (const name of account.names) for (const key of namesKeys(name)) keys.add(key);
  return keys;
}

/** For each left row the right rows worth weighing, without repeats. Near-linear: blocks that grow with the firm are left out. */
export function* candidates(
  left: readonly Account[],
  right: readonly Account[],
  keysOf: (account: Account) => ReadonlySet<string> = allKeys,
): Generator<[Account, Account]> {
  const blocks = new Map<string, Account[]>();
  for (const account of right) {
    for (const key of keysOf(account)) {
      const block = blocks.get(key);
      if (block === undefined) blocks.set(key, [account]);
      else if (block.length <= widest) block.push(account);
    }
  }
  for (const account of left) {
    const seen = new Set<Account>();
    for (const key of keysOf(account)) {
      const block = blocks.get(key);
      if (block === undefined || block.length > widest) continue;
      for (const other of block) seen.add(other);
    }
    for (const other of seen) yield [account, other];
  }
}
