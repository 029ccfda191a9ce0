import type { Assurance, PolicyDocument, SeparationOfPolicy } from './document.ts';
import { type Includers, withIncluders } from './inclusion.ts';

/** What a set of roles comes to. Shared between all people who have the same roles; never changed. */
export interface Access {
  /** Sorted; those included are among them. */
  readonly roles: readonly string[];
  /** System id -> permissions, sorted. Systems in which nothing is held are left out. */
  readonly systems: ReadonlyMap<string, readonly string[]>;
  /** System id -> the roles of the person through which something is held there, sorted. */
  readonly rolesIn: ReadonlyMap<string, readonly string[]>;
  /** The separation rules that are breached. */
  readonly breaches: readonly SeparationOfPolicy[];
  /** The strictest way of signing in that a role asks for. */
  readonly requires: Assurance;
}

const strictness: readonly Assurance[] = ['password', 'mfa', 'phishing-resistant'];

/**
 * @param mattering system id -> the roles that grant something there, themselves or through those they include.
 * @param roles all roles, those included among them.
 */
export function accessOf(
  document: PolicyDocument,
  mattering: ReadonlyMap<string, ReadonlySet<string>>,
  roles: ReadonlySet<string>,
): Access {
  const sortedRoles = [...roles].toSorted();
  const permissions = new Map<string, Set<string>>();
  let requires: Assurance = 'password';
  for (const id of sortedRoles) {
    const role = document.roles.get(id);
    if (role === undefined) continue;
    if (role.requires !== undefined && strictness.indexOf(role.requires) > strictness.indexOf(requires)) {
      requires = role.requires;
    }
    for (const [system, granted] of role.grants) {
      if (granted.length === 0) continue;
      const held = into(permissions, system);
      for (const permission of granted) held.add(permission);
    }
  }
  return {
    roles: sortedRoles,
    systems: new Map([...permissions].map(([system, held]) => [system, [...held].toSorted()])),
    rolesIn: new Map(
      [...permissions.keys()].map((system) => [system, sortedRoles.filter((role) => mattering.get(system)?.has(role))]),
    ),
    breaches: document.separation.filter((rule) =>
      rule.conflict.every(({ system, permission }) => permissions.get(system)?.has(permission) === true),
    ),
    requires,
  };
}

/** System id -> the roles that grant something there, themselves or through those they include. */
export function matteringRoles(document: PolicyDocument, includers: Includers): Map<string, ReadonlySet<string>> {
  const granting = new Map<string, Set<string>>();
  for (const [id, { grants }] of document.roles) {
    for (const [system, granted] of grants) if (granted.length > 0) into(granting, system).add(id);
  }
  return new Map([...granting].map(([system, roles]) => [system, withIncluders(includers, roles)]));
}

/** The set at this key, made when it is missing. */
export function into(map: Map<string, Set<string>>, key: string): Set<string> {
  let set = map.get(key);
  if (set === undefined) {
    set = new Set();
    map.set(key, set);
  }
  return set;
}
