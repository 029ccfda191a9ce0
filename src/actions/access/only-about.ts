import type { AccessExplanation } from './explain.ts';

/**
 * An explanation cut down to one permission: "why, and why not, can X do Y in Z". One that no role grants there is missing,
 * with nothing that would give it.
 */
export function onlyAbout<E extends Pick<AccessExplanation, 'roles' | 'permissions' | 'missing' | 'nativeBecause'>>(
  explanation: E,
  permission: string,
): E {
  const held = explanation.permissions.filter((one) => one.permission === permission);
  const missing = explanation.missing.filter((one) => one.permission === permission);
  const unknown = held.length + missing.length === 0 ? [{ permission, grantedBy: [], nearest: [] }] : [];
  const leading = leadingTo(
    explanation.roles,
    held.flatMap(({ because }) => because.map(({ role }) => role)),
  );
  return {
    ...explanation,
    roles: explanation.roles.filter(({ role }) => leading.has(role)),
    permissions: held,
    nativeBecause: explanation.nativeBecause.filter(({ because }) =>
      because.some((one) => ('role' in one ? leading.has(one.role) : held.length > 0 && one.permission === permission)),
    ),
    missing: [...missing, ...unknown],
  };
}

/** The granting roles and those by whose inclusion a person comes to them. */
function leadingTo(roles: AccessExplanation['roles'], granting: readonly string[]): Set<string> {
  const leading = new Set(granting);
  // A Set visits what is added while it is walked.
  for (const role of leading) {
    for (const reason of roles.find((one) => one.role === role)?.because ?? []) {
      if ('includedBy' in reason) leading.add(reason.includedBy);
    }
  }
  return leading;
}
