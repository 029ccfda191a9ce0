/**
 * Who may do what in the hub itself: the reserved system `hub` and its roles (contract.md, "Who may do what in the hub").
 * These are built in, not part of the policy document: they come by single assignment only, so a rule, an import or a
 * group can never reach them.
 */
export const hubPermissions = [
  'hub:people-read',
  'hub:people-write',
  'hub:roles-assign',
  'hub:hub-roles-assign',
  'hub:sessions-end',
  'hub:password-reset',
  'hub:policy-read',
  'hub:policy-write',
  'hub:systems-read',
  'hub:systems-write',
  'hub:sources-write',
  'hub:audit-read',
  'hub:audit-export',
  'hub:keys-read',
  'hub:keys-write',
] as const;
export type HubPermission = (typeof hubPermissions)[number];

/** Role id -> the hub permissions it grants. */
export const hubRoles: Readonly<Record<string, { readonly title: string; readonly grants: readonly HubPermission[] }>> =
  {
    'hub-owner': { title: 'Hub owner', grants: hubPermissions },
    'hub-people-admin': {
      title: 'People administrator',
      grants: [
        'hub:people-read',
        'hub:people-write',
        'hub:roles-assign',
        'hub:sessions-end',
        'hub:password-reset',
        'hub:policy-read',
        'hub:systems-read',
      ],
    },
    'hub-policy-author': {
      title: 'Policy author',
      grants: ['hub:people-read', 'hub:policy-read', 'hub:policy-write', 'hub:systems-read'],
    },
    'hub-systems-admin': {
      title: 'Systems administrator',
      grants: ['hub:systems-read', 'hub:systems-write', 'hub:policy-read', 'hub:keys-read'],
    },
    'hub-auditor': {
      title: 'Auditor',
      grants: [
        'hub:people-read',
        'hub:policy-read',
        'hub:systems-read',
        'hub:audit-read',
        'hub:audit-export',
        'hub:keys-read',
      ],
    },
    'hub-helpdesk': {
      title: 'Help desk',
      grants: ['hub:people-read', 'hub:sessions-end', 'hub:password-reset'],
    },
  };

/** Scopes of the hub's own API (client credentials only) -> the hub permissions they stand for. */
export const hubScopes: Readonly<Record<'hub:read' | 'hub:admin' | 'hub:scim', readonly HubPermission[]>> = {
  'hub:read': [
    'hub:people-read',
    'hub:policy-read',
    'hub:systems-read',
    'hub:audit-read',
    'hub:audit-export',
    'hub:keys-read',
  ],
  // Everything but granting hub permissions (contract.md).
  'hub:admin': hubPermissions.filter((permission) => permission !== 'hub:hub-roles-assign'),
  'hub:scim': [],
};

/** Is this a role of the hub itself, reserved from policy documents? */
export function isHubRole(role: string): boolean {
  return Object.hasOwn(hubRoles, role);
}
