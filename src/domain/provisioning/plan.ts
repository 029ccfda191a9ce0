import { type Reconciling, reconcile, shapedRoles } from '../providers/reconcile.ts';
import type { Account, Wanted } from './account.ts';

/** One person's difference, with the account where there is one. */
export interface Step {
  readonly wanted: Wanted;
  readonly account?: Account;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly profile?: string;
  /** The account is there, inactive, and has to be active. */
  readonly enable?: true;
}

export interface PlanFault {
  readonly wanted?: Wanted;
  readonly login?: string;
  readonly message: string;
}

/** The difference between the policy and a product. Nobody is in two of create, change, disable and missing; who is linked may change too. */
export interface Plan {
  readonly create: readonly Step[];
  readonly link: readonly Step[];
  readonly change: readonly Step[];
  readonly disable: readonly Step[];
  /** Accounts that are nobody's here; reported, never touched. */
  readonly unmanaged: readonly Account[];
  /** They should have an account, and none may be made. */
  readonly missing: readonly Wanted[];
  readonly faults: readonly PlanFault[];
  /** Accounts that are as they should be. */
  readonly same: readonly Step[];
}

export interface PlanInput {
  readonly wanted: readonly Wanted[];
  readonly accounts: readonly Account[];
  readonly how: Reconciling;
  /** Native roles that the hub has to do with there; with profiles, others stay. */
  readonly managed: ReadonlySet<string>;
  readonly mayCreate: boolean;
  /** Native roles that the product knows; undefined: it cannot say. */
  readonly known?: ReadonlySet<string> | undefined;
}

/** Logins are compared as people type them. */
const folded = (login: string): string => login.normalize('NFC').toLowerCase();

/**
 * Works out the difference. An account is somebody's by the id on record, else by its login; never by its e-mail alone, which its owner
 * may have typed there himself to come to somebody's roles. Nothing is ever deleted.
 */
export function planAccounts(input: PlanInput): Plan {
  const { accounts, mayCreate } = input;
  const plan = {
    create: [] as Step[],
    link: [] as Step[],
    change: [] as Step[],
    disable: [] as Step[],
    missing: [] as Wanted[],
    faults: [] as PlanFault[],
    same: [] as Step[],
  };
  const byId = new Map(accounts.map((account) => [account.id, account]));
  const byLogin = new Map(accounts.map((account) => [folded(account.login), account]));
  const byEmail = Map.groupBy(
    accounts.filter(({ email }) => email !== undefined && email !== ''),
    ({ email }) => folded(email ?? ''),
  );
  const taken = new Map<string, Wanted>();
  const unknown = new Set<string>();

  for (const wanted of ownersFirst(input.wanted)) {
    const account =
      (wanted.account === undefined ? undefined : byId.get(wanted.account)) ?? byLogin.get(folded(wanted.login));
    if (account === undefined) {
      if (!wanted.active) continue;
      const namesake = wanted.email === undefined ? undefined : byEmail.get(folded(wanted.email))?.[0];
      if (namesake !== undefined) {
        const message = `has no account under the login ${wanted.login}; ${namesake.login} there has the same e-mail address: link the two by a unification, or change one of the logins`;
        plan.faults.push({ wanted, login: namesake.login, message });
      } else if (mayCreate) plan.create.push(differenceOf(input, wanted, undefined, unknown));
      else plan.missing.push(wanted);
      continue;
    }
    // Somebody who has no right there and whom nothing ties to the account: it is not theirs to lose.
    if (!wanted.active && !wanted.linked && wanted.account === undefined) continue;
    const owner = taken.get(account.id);
    if (owner !== undefined) {
      const message = `the account ${account.login} is ${owner.label}'s already: correct the login of one of the two`;
      plan.faults.push({ wanted, login: account.login, message });
      continue;
    }
    taken.set(account.id, wanted);
    if (account.reserved === true) {
      const message = `the account ${account.login} belongs to the product or to this hub's connection and is never changed: give the person a login of their own`;
      plan.faults.push({ wanted, login: account.login, message });
      continue;
    }
    const step = differenceOf(input, wanted, account, unknown);
    if (wanted.account === undefined) plan.link.push(step);
    if (!wanted.active && account.active) plan.disable.push(step);
    else if (isDifferent(step)) plan.change.push(step);
    else plan.same.push(step);
  }
  for (const name of unknown) {
    plan.faults.push({
      message: `the product has no role ${name}: create it there, or change settings.nativeRoles of the system`,
    });
  }
  return { ...plan, unmanaged: accounts.filter(({ id, reserved }) => !taken.has(id) && reserved !== true) };
}

/** Is there something to do about an account that is there? */
export function isDifferent({ add, remove, profile, enable }: Step): boolean {
  return add.length > 0 || remove.length > 0 || profile !== undefined || enable === true;
}

/** Who is on record by id comes before who merely bears the login. */
function ownersFirst(wanted: readonly Wanted[]): readonly Wanted[] {
  return [...wanted].sort((a, b) => Number(a.account === undefined) - Number(b.account === undefined));
}

function differenceOf(
  { how, managed, known }: PlanInput,
  wanted: Wanted,
  account: Account | undefined,
  unknown: Set<string>,
): Step {
  const there = (name: string): boolean => {
    if (known === undefined || known.has(name)) return true;
    unknown.add(name);
    return false;
  };
  const roles = wanted.active ? wanted.roles : [];
  const { add, remove, profile } = reconcile(
    how,
    roles,
    { sets: account?.roles ?? [], profile: account?.profile },
    managed,
  );
  const implied = account?.implied ?? [];
  return {
    wanted,
    ...(account === undefined ? {} : { account }),
    add: add.filter((name) => !implied.includes(name) && there(name)),
    remove,
    ...(profile !== undefined && there(profile) ? { profile } : {}),
    ...(account !== undefined && wanted.active && !account.active ? { enable: true } : {}),
  };
}

/** All that an account holds after a step. */
export function resultOf(step: Step): readonly string[] {
  const held = (step.account?.roles ?? []).filter((name) => !step.remove.includes(name));
  return [...held, ...step.add];
}

/** The roles that an account is made with: the profile apart. */
export function firstRoles(how: Reconciling, step: Step): { roles: readonly string[]; profile?: string } {
  const { profile } = shapedRoles(how, step.wanted.roles);
  return { roles: step.add, ...(profile === undefined ? {} : { profile }) };
}
