import { assign, type Proposal } from './match/assign.ts';
import { candidates } from './match/blocks.ts';
import { type Doubles, findDoubles } from './match/duplicates.ts';
import { weigh } from './match/evidence.ts';
import { type World, worldOf } from './match/world.ts';
import { forgetNames } from './names/name.ts';
import { type Account, enriched } from './read/account.ts';
import { settleMails } from './read/mails.ts';

export interface UnifyPair {
  readonly crm: string;
  readonly erp: string;
  /** 0 to 1; orders pairs, and is no probability. */
  readonly score: number;
  readonly decision: 'auto' | 'review';
  readonly reasons: readonly string[];
}

export interface DirectoryRow {
  readonly employeeNumber: string;
  readonly crm: readonly string[];
  readonly erp: readonly string[];
  readonly decision: 'auto' | 'review';
}

/** The dry run's answer (contract.md, "Commands": `people unify`). Rows are named by their file's id column. */
export interface Unification {
  readonly pairs: readonly UnifyPair[];
  readonly alone: { readonly crm: readonly string[]; readonly erp: readonly string[] };
  readonly setAside: { readonly crm: readonly string[]; readonly erp: readonly string[] };
  readonly duplicates: { readonly crm: readonly (readonly string[])[]; readonly erp: readonly (readonly string[])[] };
  readonly directory: readonly DirectoryRow[];
}

interface Side {
  readonly accounts: readonly Account[];
  /** Account -> its row of the directory, when that is sure. */
  readonly owners: ReadonlyMap<Account, Account>;
  /** Account -> the same as its file has it, without what the directory lent it. */
  readonly bare: ReadonlyMap<Account, Account>;
  readonly proposals: readonly Proposal[];
  readonly doubles: Doubles;
}

/** A row that is, or may be, somebody of the directory. */
export interface Ownership {
  readonly row: string;
  readonly person: string;
  readonly decision: 'auto' | 'review';
  readonly score: number;
  readonly reasons: readonly string[];
}

/** The dry run's answer with what a stored unification needs beside it. */
export interface Matched {
  readonly found: Unification;
  readonly owners: { readonly crm: readonly Ownership[]; readonly erp: readonly Ownership[] };
  /** The accounts as they were matched, in the order of their files: shared mailboxes are gone from their addresses. */
  readonly accounts: { readonly crm: readonly Account[]; readonly erp: readonly Account[] };
}

/** Matches two lists of accounts, with the directory as the hub in the middle when there is one. Changes nothing. */
export function unify(
  crm: readonly Account[],
  erp: readonly Account[],
  directory: readonly Account[] = [],
): Unification {
  return match(crm, erp, directory).found;
}

/** The same, and what was found on the way. */
export function match(
  crmList: readonly Account[],
  erpList: readonly Account[],
  people: readonly Account[] = [],
): Matched {
  const [crm = [], erp = [], directory = []] = settleMails([crmList, erpList, people]);
  const somebody = (list: readonly Account[]): Account[] => list.filter(({ nobody }) => nobody === undefined);
  const world = worldOf([somebody(crm), somebody(erp), directory]);
  const [left, right] = [sideOf(somebody(crm), directory, world), sideOf(somebody(erp), directory, world)];
  const pairs = withDoubles(assign(between(left, right, world), sameOf(left, right)), left, right);
  forgetNames();
  const ids = (list: readonly Account[]): string[] => list.map(({ id }) => id);
  const paired = new Set(pairs.flatMap((pair) => [pair.left, pair.right]));
  const alone = (side: Side): string[] => ids(side.accounts.filter((account) => !paired.has(account)));
  const aside = (list: readonly Account[]): string[] => ids(list.filter(({ nobody }) => nobody !== undefined));
  const found: Unification = {
    pairs: pairs.map(({ left: one, right: two, score, decision, reasons }) => ({
      crm: one.id,
      erp: two.id,
      score,
      decision: decision === 'auto' ? 'auto' : 'review',
      reasons,
    })),
    alone: { crm: alone(left), erp: alone(right) },
    setAside: { crm: aside(crm), erp: aside(erp) },
    duplicates: { crm: left.doubles.groups.map(ids), erp: right.doubles.groups.map(ids) },
    directory: directoryRows(directory, left, right),
  };
  const owners = ({ proposals }: Side): Ownership[] =>
    proposals.map(({ left: row, right: person, decision, score, reasons }) => ({
      row: row.id,
      person: person.id,
      decision: decision === 'auto' ? 'auto' : 'review',
      score,
      reasons,
    }));
  return { found, owners: { crm: owners(left), erp: owners(right) }, accounts: { crm, erp } };
}

function sideOf(list: readonly Account[], directory: readonly Account[], world: World): Side {
  const proposals = assign(weighAll(candidates(list, directory), world), () => false, true);
  const owners = new Map<Account, Account>();
  const known = new Map<Account, Account>();
  const bare = new Map<Account, Account>();
  for (const { left, right, decision } of proposals) {
    if (decision !== 'auto') continue;
    const full = enriched(left, right);
    known.set(left, full);
    owners.set(full, right);
    bare.set(full, left);
  }
  const accounts = list.map((account) => known.get(account) ?? account);
  const moved = proposals.map((one) => ({ ...one, left: known.get(one.left) ?? one.left }));
  return {
    accounts,
    owners,
    bare,
    proposals: moved,
    doubles: findDoubles(accounts, world, (account) => owners.get(account)),
  };
}

function weighAll(found: Iterable<[Account, Account]>, world: World): Proposal[] {
  const proposals: Proposal[] = [];
  for (const [left, right] of found) {
    const evidence = weigh(left, right, world);
    if (evidence.decision !== 'none') proposals.push({ left, right, ...evidence });
  }
  return proposals;
}

function between(left: Side, right: Side, world: World): Proposal[] {
  const proposals: Proposal[] = [];
  for (const [one, two] of candidates(left.accounts, right.accounts)) {
    const [owner, other] = [left.owners.get(one), right.owners.get(two)];
    if (owner !== undefined && owner === other) {
      const evidence = weigh(left.bare.get(one) ?? one, right.bare.get(two) ?? two, world);
      const hub = `both are ${owner.id} of the directory`;
      const reasons = [hub, ...evidence.reasons];
      proposals.push({ ...evidence, left: one, right: two, decision: 'auto', score: 0.99, reasons });
    } else if (owner === undefined || other === undefined) {
      const evidence = weigh(one, two, world);
      if (evidence.decision !== 'none') proposals.push({ left: one, right: two, ...evidence });
    }
  }
  return proposals;
}

function sameOf(left: Side, right: Side): (a: Account, b: Account) => boolean {
  const lefts = new Set(left.accounts);
  return (a, b) => (lefts.has(a) ? left : right).doubles.same(a, b);
}

/** A sure pair holds for the other accounts of the same two people as well. */
function withDoubles(pairs: readonly Proposal[], left: Side, right: Side): Proposal[] {
  const group = (side: Side): Map<Account, readonly Account[]> =>
    new Map(side.doubles.groups.flatMap((accounts) => accounts.map((account) => [account, accounts] as const)));
  const [lefts, rights] = [group(left), group(right)];
  const found = new Map<Account, Map<Account, Proposal>>();
  const add = (pair: Proposal): void => {
    const row = found.get(pair.left) ?? new Map<Account, Proposal>();
    if (!row.has(pair.right)) row.set(pair.right, pair);
    found.set(pair.left, row);
  };
  const sure = pairs.filter(({ decision }) => decision === 'auto');
  for (const pair of sure) add(pair);
  for (const pair of sure) {
    for (const one of lefts.get(pair.left) ?? [pair.left]) {
      for (const two of rights.get(pair.right) ?? [pair.right]) {
        const reasons = [...pair.reasons, 'another account of the same person'];
        add({ ...pair, left: one, right: two, reasons });
      }
    }
  }
  const all = [...found.values()].flatMap((row) => [...row.values()]);
  const settled = new Set(all.flatMap((pair) => [pair.left, pair.right]));
  const open = pairs.filter(
    ({ left: one, right: two, decision }) => decision !== 'auto' && !settled.has(one) && !settled.has(two),
  );
  return [...all, ...open];
}

function directoryRows(directory: readonly Account[], left: Side, right: Side): DirectoryRow[] {
  const rows = new Map<Account, { crm: string[]; erp: string[]; sure: boolean }>();
  for (const [side, key] of [
    [left, 'crm'],
    [right, 'erp'],
  ] as const) {
    for (const { left: account, right: person, decision } of side.proposals) {
      const row = rows.get(person) ?? { crm: [], erp: [], sure: true };
      row[key].push(account.id);
      rows.set(person, { ...row, sure: row.sure && decision === 'auto' });
    }
  }
  return directory.map((person) => {
    const { crm = [], erp = [], sure = true } = rows.get(person) ?? {};
    return { employeeNumber: person.id, crm, erp, decision: sure ? 'auto' : 'review' };
  });
}
