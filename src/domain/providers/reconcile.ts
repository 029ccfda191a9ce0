import type { FieldFault } from '../errors.ts';
import type { ReconcileMode, SystemModule } from './system-module.ts';

/** How one system's native roles are brought in line, from its settings and what its module can. */
export interface Reconciling {
  readonly mode: ReconcileMode;
  /** The names that are profiles, most important first; only for `one-profile-many-sets`. */
  readonly profiles: readonly string[];
}

const modes: readonly string[] = ['replace', 'add-only', 'one-profile-many-sets'] satisfies ReconcileMode[];

/** `settings.reconcile` and `settings.profiles`; what the module does not support falls back to its usual mode. */
export function reconcilingOf(
  { reconcile: supported = ['add-only'] }: Pick<SystemModule, 'reconcile'>,
  { reconcile, profiles }: Readonly<Record<string, unknown>>,
): Reconciling {
  const mode = supported.find((one) => one === reconcile) ?? supported[0];
  return { mode, profiles: Array.isArray(profiles) ? profiles.filter((name) => typeof name === 'string') : [] };
}

/** What is wrong in `settings.reconcile` and `settings.profiles`. @param module undefined: only the words are checked */
export function reconcileFaults(
  { reconcile, profiles }: Readonly<Record<string, unknown>>,
  module?: Pick<SystemModule, 'reconcile' | 'title'>,
): FieldFault[] {
  const faults: FieldFault[] = [];
  const supported: readonly string[] = module?.reconcile ?? (module === undefined ? modes : []);
  if (reconcile !== undefined && (typeof reconcile !== 'string' || !supported.includes(reconcile))) {
    const possible = supported.join(', ') || 'nothing: this product takes no native roles';
    faults.push({ path: 'settings.reconcile', message: `is not possible; write one of ${possible}` });
  }
  const isList = Array.isArray(profiles) && profiles.every((name) => typeof name === 'string' && name !== '');
  if (profiles !== undefined && !isList) {
    faults.push({ path: 'settings.profiles', message: 'has to be a list of names, the most important first' });
  }
  return faults;
}

/** Native roles parted into the one profile and the rest. */
export interface Shaped {
  readonly profile?: string;
  readonly sets: readonly string[];
  /** Profiles that were wanted too and gave way to a more important one. */
  readonly outranked: readonly string[];
}

/** @param wanted native roles, each once */
export function shapedRoles({ mode, profiles }: Reconciling, wanted: readonly string[]): Shaped {
  if (mode !== 'one-profile-many-sets') return { sets: wanted, outranked: [] };
  const [profile, ...outranked] = profiles.filter((name) => wanted.includes(name));
  const sets = wanted.filter((name) => !profiles.includes(name));
  return profile === undefined ? { sets, outranked } : { profile, sets, outranked };
}

/** What has to be done in the product. */
export interface Reconciliation {
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** The profile to set; undefined where the one that is there stays. */
  readonly profile?: string;
}

/**
 * Compares what the hub wants with what a product holds.
 * @param managed names that the hub has ever to do with there; others were given by hand in the product and stay, except
 *   with `replace`, which knows none but its own. A product always has a profile, so none is ever taken away.
 */
export function reconcile(
  how: Reconciling,
  wanted: readonly string[],
  held: { readonly sets: readonly string[]; readonly profile?: string | undefined },
  managed: ReadonlySet<string>,
): Reconciliation {
  const { profile, sets } = shapedRoles(how, wanted);
  const add = sets.filter((name) => !held.sets.includes(name));
  const surplus = held.sets.filter((name) => !sets.includes(name));
  const remove = how.mode === 'add-only' ? [] : surplus.filter((name) => how.mode === 'replace' || managed.has(name));
  return profile === undefined || profile === held.profile ? { add, remove } : { add, remove, profile };
}
