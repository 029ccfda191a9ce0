/** What holds for every provider module, and that the README's table tells of each. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { claimsOf, claimsWithin } from '#domain/claims/claims.ts';
import { nativeRoleFaults, nativeRoleMapping, nativeRolesOf } from '#domain/claims/native-roles.ts';
import { checkPolicy } from '#domain/policy/check/check.ts';
import { registrationFrom } from '#domain/providers/registration.ts';
import { askedSettings, filled, systemValues, templatesOf } from '#domain/providers/values.ts';
import { systemModules } from '#providers/index.ts';
import { checkSystem } from '#settings/system.ts';

const folder = new URL('../../providers/', import.meta.url);
const readme = readFileSync(new URL('README.md', folder), 'utf8');
const defaultPolicy = checkPolicy(readFileSync(new URL('../../config/roles.yaml', import.meta.url), 'utf8'));
assert.ok(defaultPolicy.ok);
const permissions = [...defaultPolicy.document.domains].flatMap(([domain, { actions }]) =>
  actions.map((action) => `${domain}:${action}`),
);

for (const module of systemModules) {
  test(`${module.id}: file, evidence, table, vocabulary`, () => {
    const sides = ['crm', 'erp', 'other'];
    assert.ok(sides.some((side) => existsSync(new URL(`systems/${side}/${module.id}.ts`, folder))));
    assert.match(module.evidence, /\b[RSDIG]\b.*:/);
    assert.match(readme, new RegExp(`^\\| \`${module.id}\` `, 'm'));
    for (const permission of Object.keys(module.nativeRoles)) assert.ok(permissions.includes(permission), permission);
  });
}

const sample = {
  ...{ id: 'sample', clientId: 'sample', redirectUris: ['https://app.example.com/callback'] },
  settings: { url: 'https://app.example.com' },
};

for (const module of systemModules)
  for (const protocol of module.protocols)
    test(`${module.id}: ${protocol}: every template fills, and the registration is one that the hub takes`, () => {
      const asked = Object.fromEntries(
        askedSettings({ ...module, protocols: [protocol] }).map((name) => [
          name,
          name.endsWith('Url') ? 'https://acme.example.com' : 'acme',
        ]),
      );
      const system = { ...sample, settings: { ...sample.settings, ...asked } };
      const values = systemValues(module, system, 'https://hub.example.com', 'the-secret');
      for (const template of templatesOf(module, protocol)) {
        const { missing } = filled(template, values);
        // JSON and property names of products hold braces of their own.
        assert.deepEqual(
          missing.filter((name) => !template.includes(`"${name}"`)),
          [],
          template,
        );
      }
      assert.ok((protocol === 'oidc' ? module.client : module.saml) !== undefined, 'a shape for the protocol');
      if (protocol === 'saml') return;
      const { registration, faults } = registrationFrom(
        module,
        {
          id: 'sample',
          title: 'Sample',
          side: module.sides[0] ?? 'other',
          url: 'https://app.example.com',
          settings: asked,
        },
        'https://hub.example.com',
      );
      assert.deepEqual(faults, []);
      const secret = registration.auth === 'none' ? {} : { clientSecret: 'x'.repeat(40) };
      const checked = checkSystem({ ...registration, ...secret }, { modules: systemModules });
      assert.deepEqual(checked.faults, []);
    });

for (const module of systemModules)
  test(`${module.id}: exceptions and shape agree, texts are translated, the file is short`, () => {
    const rules = (module.exceptions ?? []).map(({ rule }) => rule);
    assert.equal(module.client?.pkce === 'optional', rules.includes('no-pkce'));
    assert.equal(module.client?.implicit === true, rules.includes('response-type-token'));
    for (const { code, text } of module.quirks ?? [])
      for (const locale of ['en', 'pl', 'zh-Hans', 'zh-Hant']) {
        const quirks = JSON.parse(readFileSync(new URL(`../views/locales/admin/${locale}.json`, folder), 'utf8')).quirk;
        assert.equal(typeof quirks[code], 'string', `${locale} ${code}`);
        if (locale === 'en') assert.equal(quirks[code], text);
      }
    const file = ['crm', 'erp', 'other']
      .map((side) => new URL(`systems/${side}/${module.id}.ts`, folder))
      .find((one) => existsSync(one));
    assert.ok(file && readFileSync(file, 'utf8').split('\n').length <= 120);
  });

test('each module has an id of its own', () => {
  assert.equal(new Set(systemModules.map(({ id }) => id)).size, systemModules.length);
});

const person = {
  name: 'Ada Example',
  givenName: 'Ada',
  email: 'ada@example.com',
  emailVerified: false,
  username: 'ada',
};
const held = { roles: ['clerk'], permissions: ['order:write'], nativeRoles: ['A', 'B'] };

function moduleOf(id: string) {
  const module = systemModules.find((one) => one.id === id);
  assert.ok(module);
  return module;
}

test('a system receives what its module declares, the login it knows first', () => {
  assert.deepEqual(claimsOf(moduleOf('generic'), person, 'EXAMPLEA', held), {
    name: 'Ada Example',
    given_name: 'Ada',
    email: 'ada@example.com',
    preferred_username: 'EXAMPLEA',
    email_verified: false,
    roles: ['clerk'],
    permissions: ['order:write'],
    native_roles: ['A', 'B'],
  });
  const netsuite = claimsOf(moduleOf('netsuite'), person, undefined, held);
  assert.deepEqual(Object.keys(netsuite).toSorted(), [
    'email',
    'email_verified',
    'name',
    'permissions',
    'preferred_username',
    'roles',
  ]);
  assert.equal(netsuite.preferred_username, 'ada');
  const { username: _none, ...nameless } = person;
  assert.equal(claimsOf(moduleOf('generic'), nameless, undefined, held).preferred_username, 'ada@example.com');
  assert.equal(claimsOf(moduleOf('salesforce'), person, undefined, held).permission_sets, 'A;B');
});

test('scopes cut the claims', () => {
  const claims = claimsOf(moduleOf('espocrm'), person, undefined, held);
  const within = (...scopes: string[]) => Object.keys(claimsWithin(claims, new Set(scopes))).toSorted();
  assert.deepEqual(within('openid'), []);
  assert.deepEqual(within('email'), ['email', 'email_verified']);
  assert.deepEqual(within('profile'), ['given_name', 'name', 'preferred_username']);
  assert.deepEqual(within('roles'), ['groups', 'permissions', 'roles']);
});

test('native roles: the default, and the table of the system in its place', () => {
  const module = { nativeRoles: { 'order:write': ['Sales User'], 'order:read': ['Reader'] } };
  const mine = nativeRoleMapping({
    nativeRoles: { clerk: ['Clerks'], 'order:write': ['Orders', 'Clerks'], 'order:read': [] },
  });
  const here = { roles: ['clerk', 'constructor'], permissions: ['order:read', 'order:write', 'toString'] };
  assert.deepEqual(nativeRolesOf(module, new Map(), here), ['Reader', 'Sales User']);
  assert.deepEqual(nativeRolesOf(module, mine, here), ['Clerks', 'Orders']);
});

test('a malformed table of native roles is named, and what is right in it still holds', () => {
  const settings = { nativeRoles: { clerk: 'Clerks', seller: ['S'] } };
  assert.deepEqual(
    nativeRoleFaults(settings).map(({ path }) => path),
    ['settings.nativeRoles.clerk'],
  );
  assert.deepEqual([...nativeRoleMapping(settings)], [['seller', ['S']]]);
  assert.equal(nativeRoleFaults({ nativeRoles: [] }).length, 1);
  assert.deepEqual(nativeRoleFaults({}), []);
});
