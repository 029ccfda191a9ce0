import { HubError } from '#domain/errors.ts';
import { mayManageScopes } from '#domain/hub-reach.ts';
import type { HubPermission } from '#domain/hub-roles.ts';

/** @throws HubError `forbidden`: who could set the secret of a system with scopes of the hub would hold its rights */
export function requireScopes(
  permissions: ReadonlySet<HubPermission>,
  ...scopes: (readonly string[] | undefined)[]
): void {
  if (
    mayManageScopes(
      permissions,
      scopes.flatMap((some) => some ?? []),
    )
  )
    return;
  throw new HubError('forbidden', 'This system has, or would have, scopes of the hub that you do not hold yourself');
}
