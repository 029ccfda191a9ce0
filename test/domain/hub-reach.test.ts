import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayAssign, mayTouch } from '#domain/hub-reach.ts';
import { type HubPermission, hubRoles, hubScopes } from '#domain/hub-roles.ts';

function rights(of: string): ReadonlySet<HubPermission> {
  if (of === 'nobody') return new Set();
  if (of === 'hub:admin' || of === 'hub:read') return new Set(hubScopes[of]);
  return new Set(hubRoles[of]?.grants ?? assert.fail(of));
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
];
for (const [caller, target, may] of touch) {
  test(`${caller} ${may ? 'may' : 'may not'} touch ${target}`, () => {
    assert.equal(mayTouch(rights(caller), rights(target)), may);
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
    assert.equal(mayAssign(rights(caller), hubRoles[role]?.grants ?? []), may);
  });
}
