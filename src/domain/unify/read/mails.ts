import type { Name } from '../names/name.ts';
import type { Account } from './account.ts';

/** Of this share of rows that have both, login and address have to agree before a login alone is taken for an address. */
const agreement = 0.85;

/**
 * What the lists together tell of their addresses: a login such as `jan.nowak@firm` is an address only where logins and
 * addresses agree throughout (else its number counts other namesakes), and an address that differently named people use is
 * a shared mailbox, in whatever language.
 */
export function settleMails(lists: readonly (readonly Account[])[]): Account[][] {
  const withLogins = lists.map((list) => {
    const both = list.filter(({ mails, loginMail }) => mails.length > 0 && loginMail !== undefined);
    const agreeing = both.filter(({ mails, loginMail }) => mails.some((mail) => mail === loginMail)).length;
    const trusted = both.length === 0 || agreeing >= both.length * agreement;
    return list.map((account) => {
      const { mails, loginMail } = account;
      return mails.length > 0 || loginMail === undefined || !trusted ? account : { ...account, mails: [loginMail] };
    });
  });
  const shared = sharedMails(withLogins);
  return withLogins.map((list) =>
    list.map((account) => {
      const own = account.mails.filter((mail) => !shared.has(mail));
      return own.length === account.mails.length ? account : { ...account, mails: own };
    }),
  );
}

function sharedMails(lists: readonly (readonly Account[])[]): Set<string> {
  const users = new Map<string, Account[]>();
  for (const list of lists)
    for (const account of list)
      for (const mail of account.mails) users.set(mail, [...(users.get(mail) ?? []), account]);
  const shared = new Set<string>();
  for (const [mail, accounts] of users) {
    if (accounts.length < 2) continue;
    const names = new Set(accounts.map(({ names: [name] }) => (name === undefined ? '' : familyKey(name))));
    const strangers = accounts.every(({ names: [name] }) => name === undefined || !tellsOf(mail, name));
    if (names.size > 2 || (names.size === 2 && strangers && !/\d/.test(mail.slice(0, mail.indexOf('@')))))
      shared.add(mail);
  }
  return shared;
}

function familyKey({ bag, han }: Name): string {
  return han ?? bag;
}

/** Whether an address has something of a name in it: a part of four letters, or a whole shorter one. */
export function tellsOf(mail: string, name: Name): boolean {
  const local = mail.slice(0, mail.indexOf('@')).replace(/[^\p{L}]/gu, '');
  const words = name.readings.flatMap(({ family, given }) =>
    [family, given].flatMap((part) => [part.text, ...part.others, ...part.words]),
  );
  return words.some((word) => word.length > 1 && local.includes(word.slice(0, 5)));
}
