import { type HubPermission, hubRoles, isHubRole } from './hub-roles.ts';
import { inForce, type SingleAssignment } from './policy/subject.ts';

/**
 * What somebody may do in the hub. Who asks for a right without naming whom it is about asks whether it is held everywhere, so
 * what knows nothing of departments is closed to whoever is limited to some.
 */
export interface HubRights {
  /** Held over everybody and everything. */
  readonly everywhere: ReadonlySet<HubPermission>;
  /** Held over the people of these departments (exact values) alone; never one that is held everywhere. */
  readonly limited: ReadonlyMap<HubPermission, ReadonlySet<string>>;
}

export const noRights: HubRights = { everywhere: new Set(), limited: new Map() };

/** Roles that can be given over some departments; the others are about the hub as a whole. */
export const limitableRoles: readonly string[] = ['hub-people-admin', 'hub-helpdesk'];

/** What a limited role grants: the rights that are about people, nothing that shows the whole company. */
const aboutPeople: ReadonlySet<HubPermission> = new Set([
  'hub:people-read',
  'hub:people-write',
  'hub:roles-assign',
  'hub:sessions-end',
  'hub:password-reset',
]);

type HubAssignment = Pick<SingleAssignment, 'role' | 'from' | 'until'> & {
  readonly departments?: readonly string[] | undefined;
};

/** The rights that these single assignments of hub roles give together, whenever they hold. */
export function rightsBy(assignments: readonly HubAssignment[]): HubRights {
  const everywhere = new Set<HubPermission>();
  const limited = new Map<HubPermission, Set<string>>();
  for (const { role, departments } of assignments) {
    if (!isHubRole(role)) continue;
    for (const permission of hubRoles[role]?.grants ?? []) {
      if (departments === undefined) everywhere.add(permission);
      else if (limitableRoles.includes(role) && aboutPeople.has(permission)) {
        const before = limited.get(permission);
        limited.set(permission, new Set([...(before ?? []), ...departments]));
      }
    }
  }
  for (const permission of everywhere) limited.delete(permission);
  return { everywhere, limited };
}

/** The rights in the hub at an instant (ms): by single assignment of a hub role, to active people only. */
export function hubRightsOf(active: boolean, assignments: readonly HubAssignment[], at: number): HubRights {
  return active ? rightsBy(assignments.filter((one) => inForce(one, at))) : noRights;
}

/** What is held over a person of this department; nobody limited reaches somebody without one. */
export function rightsOver({ everywhere, limited }: HubRights, department: string | undefined): Set<HubPermission> {
  const rights = new Set(everywhere);
  if (department === undefined) return rights;
  for (const [permission, departments] of limited) if (departments.has(department)) rights.add(permission);
  return rights;
}

/** What is held over anybody at all. */
export function rightsOverAny({ everywhere, limited }: HubRights): Set<HubPermission> {
  return new Set([...everywhere, ...limited.keys()]);
}

/** The departments that a right is limited to; undefined where it is held everywhere. Not held at all: none. */
export function departmentsOf(
  { everywhere, limited }: HubRights,
  permission: HubPermission,
): readonly string[] | undefined {
  return everywhere.has(permission) ? undefined : [...(limited.get(permission) ?? [])];
}

export function hasAnyRight({ everywhere, limited }: HubRights): boolean {
  return everywhere.size > 0 || limited.size > 0;
}
