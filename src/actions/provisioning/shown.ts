import type { Step } from '#domain/provisioning/plan.ts';
import type { Planned } from './plan.ts';

export interface ShownChange {
  readonly person: string;
  readonly id: string;
  readonly login: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly profile?: string;
  readonly enable?: true;
}

export interface ShownWhose {
  readonly person: string;
  readonly id: string;
  readonly login: string;
}

/** A plan or a drift as page, API and command line show it (contract.md, "Provisioning to systems"). */
export interface ShownPlan {
  readonly system: string;
  readonly at: string;
  readonly create: readonly (ShownWhose & { readonly add: readonly string[]; readonly profile?: string })[];
  readonly link: readonly ShownWhose[];
  readonly change: readonly ShownChange[];
  readonly disable: readonly (ShownWhose & { readonly remove: readonly string[] })[];
  readonly unmanaged: readonly { readonly login: string; readonly active: boolean }[];
  /** They should have an account, and none may be made. */
  readonly missing: readonly ShownWhose[];
  readonly faults: readonly { readonly person?: string; readonly login?: string; readonly message: string }[];
  /** Accounts that are as they should be. */
  readonly same: number;
}

export function shownPlan({ system, at, plan }: Planned): ShownPlan {
  const whose = ({ wanted, account }: Pick<Step, 'wanted' | 'account'>): ShownWhose => ({
    person: wanted.label,
    id: wanted.person,
    login: account?.login ?? wanted.login,
  });
  const profile = (step: Step) => (step.profile === undefined ? {} : { profile: step.profile });
  return {
    system,
    at: new Date(at).toISOString(),
    create: plan.create.map((step) => ({ ...whose(step), add: step.add, ...profile(step) })),
    link: plan.link.map(whose),
    change: plan.change.map((step) => ({
      ...whose(step),
      ...{ add: step.add, remove: step.remove },
      ...profile(step),
      ...(step.enable === undefined ? {} : { enable: step.enable }),
    })),
    disable: plan.disable.map((step) => ({ ...whose(step), remove: step.remove })),
    unmanaged: plan.unmanaged.map(({ login, active }) => ({ login, active })),
    missing: plan.missing.map((wanted) => whose({ wanted })),
    faults: plan.faults.map(({ wanted, login, message }) => ({
      ...(wanted === undefined ? {} : { person: wanted.label }),
      ...(login === undefined ? {} : { login }),
      message,
    })),
    same: plan.same.length,
  };
}
