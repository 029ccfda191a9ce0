import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayAssign, mayTouch } from '#domain/hub-reach.ts';
import { type HubRights, rightsBy } from '#domain/hub-rights.ts';
import { type HubPermission, hubRoles, hubScopes } from '#domain/hub-roles.ts';

function granted(of: string): ReadonlySet<HubPermission> {
  if (of === 'nobody') return new Set();
  if (of === 'hub:admin' || of === 'hub:read') return new Set(hubScopes[of]);
  return new Set(hubRoles[of]?.grants ?? assert.fail(of));
}

/** A role, or one over departments: `hub-helpdesk@Sales,Service`. */
function rights(of: string): HubRights {
  const [role = '', departments] = of.split('@');
  if (departments === undefined) return { everywhere: granted(role), limited: new Map() };
  return rightsBy([{ role, departments: departments.split(',') }]);
}

const touch: [caller: string, target: string, may: boolean][] = [
  ['hub-helpdesk', 'nobody', true],
  ['hub-helpdesk', 'hub-helpdesk', false],
  ['hub-helpdesk', 'hub-owner', false],
  ['hub-people-admin', 'nobody', true],
  ['hub-people-admin', 'hub-helpdesk', true],
  ['hub-people-admin', 'hub-people-admin', true],
  ['hub-people-admin', 'hub-policy-author', false],
  ['hub-people-admin', 'hub-auditor', false],
  ['hub-people-admin', 'hub-owner', false],
  ['hub-owner', 'hub-owner', true],
  ['hub:admin', 'hub-owner', true],
  ['hub:read', 'hub-helpdesk', false],
  ['hub-people-admin@Sales', 'nobody', true],
  ['hub-people-admin@Sales', 'hub-helpdesk', false],
  ['hub-people-admin@Sales', 'hub-helpdesk@Sales', true],
  ['hub-people-admin@Sales', 'hub-people-admin@Sales', true],
  ['hub-people-admin@Sales', 'hub-people-admin@Sales,Service', false],
  ['hub-people-admin@Service', 'hub-people-admin@Service', false],
  ['hub-helpdesk@Sales', 'hub-helpdesk@Sales', false],
  ['hub-people-admin', 'hub-people-admin@Sales', true],
  // Not limitable: it gives nothing.
  ['hub-helpdesk', 'hub-owner@Sales', true],
];
for (const [caller, target, may] of touch) {
  test(`${caller} ${may ? 'may' : 'may not'} touch ${target}`, () => {
    assert.equal(mayTouch(rights(caller), rights(target), 'Sales'), may);
  });
}

const assign: [caller: string, role: string, may: boolean][] = [
  ['hub-owner', 'hub-owner', true],
  ['hub-owner', 'hub-helpdesk', true],
  ['hub-people-admin', 'hub-helpdesk', false],
  ['hub-people-admin', 'hub-owner', false],
  ['hub:admin', 'hub-helpdesk', false],
  ['hub:read', 'hub-helpdesk', false],
];
for (const [caller, role, may] of assign) {
  test(`${caller} ${may ? 'may' : 'may not'} hand out ${role}`, () => {
    assert.equal(mayAssign(granted(caller), hubRoles[role]?.grants ?? []), may);
  });
}
