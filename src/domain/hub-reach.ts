import { type HubRights, hasAnyRight, rightsOver } from './hub-rights.ts';
import { type HubPermission, hubScopes } from './hub-roles.ts';

type Permissions = ReadonlySet<HubPermission>;

/**
 * Whom an administrator's acts may reach. Somebody with rights in the hub is touched only by those who may manage people and
 * hold all of these rights themselves: else the help desk, or a people administrator, could take over an owner's account
 * (security.md: nobody grants above their own effective rights by any road).
 *
 * `hub:hub-roles-assign` itself is not asked for: no token can hold it, and automation has to be able to lock an owner out;
 * what gives that permission is guarded by `mayAssign`. What the other holds over some departments the caller holds over all
 * of these.
 * @param department of the person who is reached
 */
export function mayTouch(caller: HubRights, target: HubRights, department?: string | undefined): boolean {
  if (!hasAnyRight(target)) return true;
  if (!rightsOver(caller, department).has('hub:people-write')) return false;
  const everywhere = (permission: HubPermission) =>
    permission === 'hub:hub-roles-assign' || caller.everywhere.has(permission);
  return (
    [...target.everywhere].every(everywhere) &&
    [...target.limited].every(
      ([permission, departments]) =>
        everywhere(permission) || [...departments].every((one) => caller.limited.get(permission)?.has(one) === true),
    )
  );
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
