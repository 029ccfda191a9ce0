import type { Account, Wanted } from '#domain/provisioning/account.ts';
import type { Connector } from './port.ts';

/** Fewer people than this are read one by one, however small the product is. */
const few = 5;

/** Accounts of the product as far as these people need them: all of it, or theirs alone where that takes fewer requests. */
export async function readAccounts(
  connector: Connector,
  wanted: readonly Wanted[],
  known: number | undefined,
): Promise<{ accounts: Account[]; whole: boolean }> {
  const pages = Math.ceil((known ?? 0) / connector.pageSize);
  if (wanted.length > few && pages < wanted.length) return { accounts: await everyAccount(connector), whole: true };
  const accounts = new Map<string, Account>();
  for (const { account, login, email, active } of wanted) {
    const byId = account === undefined ? undefined : await connector.find({ id: account });
    const byLogin = byId ?? (login === '' ? undefined : await connector.find({ login }));
    // Somebody new may be there under another login, which has to be found before a second account is made.
    const found = byLogin ?? (active && email !== undefined ? await connector.find({ email }) : undefined);
    if (found !== undefined) accounts.set(found.id, found);
  }
  return { accounts: [...accounts.values()], whole: false };
}

export async function everyAccount(connector: Connector): Promise<Account[]> {
  const accounts = new Map<string, Account>();
  // By id: an account created while the pages are read can appear on two of them.
  for await (const page of connector.list()) for (const account of page) accounts.set(account.id, account);
  return [...accounts.values()];
}

/** The accounts of these ids as they are now, in as few requests as the product allows. */
export async function readAgain(
  connector: Connector,
  ids: readonly string[],
  known: number,
): Promise<Map<string, Account>> {
  const found = new Map<string, Account>();
  const keep = (accounts: readonly (Account | undefined)[]): void => {
    for (const account of accounts) if (account !== undefined) found.set(account.id, account);
  };
  const pages = Math.ceil(known / connector.pageSize);
  if (connector.findAll !== undefined) {
    for (let at = 0; at < ids.length; at += connector.pageSize)
      keep(await connector.findAll(ids.slice(at, at + connector.pageSize)));
  } else if (ids.length > few && pages < ids.length) keep(await everyAccount(connector));
  else for (const id of ids) keep([await connector.find({ id })]);
  return found;
}
