import { type HubPermission, hubScopes } from './hub-roles.ts';

type Permissions = ReadonlySet<HubPermission>;

/**
 * Whom an administrator's acts may reach. Somebody with rights in the hub is touched only by those who may manage people and
 * hold all of these rights themselves: else the help desk, or a people administrator, could take over an owner's account
 * (security.md: nobody grants above their own effective rights by any road).
 *
 * `hub:hub-roles-assign` itself is not asked for: no token can hold it, and automation has to be able to lock an owner out;
 * what gives that permission is guarded by `mayAssign`.
 */
export function mayTouch(caller: Permissions, target: Permissions): boolean {
  if (target.size === 0) return true;
  if (!caller.has('hub:people-write')) return false;
  return [...target].every((permission) => permission === 'hub:hub-roles-assign' || caller.has(permission));
}

/** Hub roles take a permission of their own, and nobody hands out a right that they do not hold. */
export function mayAssign(caller: Permissions, grants: readonly HubPermission[]): boolean {
  return caller.has('hub:hub-roles-assign') && grants.every((permission) => caller.has(permission));
}

/** A system with a scope of the hub is as strong as that scope: only who holds what it stands for may make or change it. */
export function mayManageScopes(caller: Permissions, scopes: readonly string[]): boolean {
  return scopes.every((scope) => {
    if (scope === 'hub:scim') return caller.has('hub:people-write');
    return (
      !Object.hasOwn(hubScopes, scope) || hubScopes[scope as keyof typeof hubScopes].every((one) => caller.has(one))
    );
  });
}
