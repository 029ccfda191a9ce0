import { departmentsOf, type HubRights, hasAnyRight, rightsOver, rightsOverAny } from './hub-rights.ts';
import type { HubPermission } from './hub-roles.ts';

/** What a route of the console or of the API says of itself. */
export interface Guarded {
  /** `any`: whoever holds some right in the hub. */
  readonly permission: HubPermission | 'any';
  /**
   * How it keeps to departments, for who holds its permission over some alone; without it they are refused. `person`: it is about
   * the person that its address names and nobody else. `narrowed`: it shows and changes nobody outside of the departments itself.
   */
  readonly departments?: 'person' | 'narrowed';
}

/** What a request is let in with. */
export interface Admission {
  readonly permissions: ReadonlySet<HubPermission>;
  /** The departments that the right to it is limited to; undefined: it is held over everybody. */
  readonly within: readonly string[] | undefined;
}

/**
 * The one decision about who may call what. Fails closed: a right that is limited to departments opens only what says how it
 * keeps to them.
 * @param person whom the address names, where it names somebody who is there; `elsewhere` says that a limited right reaches others
 */
export function admission(
  { permission, departments }: Guarded,
  rights: HubRights,
  person: { readonly department?: string | undefined } | undefined,
): Admission | 'forbidden' | 'elsewhere' {
  const aboutPerson = departments === 'person' && person !== undefined;
  const held = permission === 'any' ? hasAnyRight(rights) : rightsOverAny(rights).has(permission);
  if (!held) return 'forbidden';
  const within = permission === 'any' ? undefined : departmentsOf(rights, permission);
  const limited = permission === 'any' ? rights.everywhere.size === 0 : within !== undefined;
  if (limited && departments === undefined) return 'forbidden';
  if (within !== undefined && aboutPerson && (person.department === undefined || !within.includes(person.department)))
    return 'elsewhere';
  if (aboutPerson) return { permissions: rightsOver(rights, person.department), within };
  return { permissions: departments === 'narrowed' ? rightsOverAny(rights) : rights.everywhere, within };
}
