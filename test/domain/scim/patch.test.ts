/** PATCH in the dialects of real clients (RFC 7644, 3.5.2), as pure functions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonical, type ScimObject } from '#domain/scim/dialect.ts';
import { ScimError } from '#domain/scim/error.ts';
import { patched, patchMessage, readPatch } from '#domain/scim/patch.ts';
import { enterpriseSchema, userShape } from '#domain/scim/schemas.ts';

const anna: ScimObject = {
  userName: 'anna',
  active: true,
  title: 'Buyer',
  name: { givenName: 'Anna', familyName: 'Nowak' },
  emails: [
    { value: 'anna@example.com', type: 'work', primary: true },
    { value: 'a@home.example', type: 'home' },
  ],
  [enterpriseSchema]: { department: 'Purchasing', manager: { value: 'm1' } },
};

const after = (...Operations: object[]): ScimObject =>
  patched(anna, readPatch({ schemas: [patchMessage], Operations }, userShape), userShape);

const cases: readonly [string, object[], (user: ScimObject) => unknown, unknown][] = [
  [
    'Entra: op with a capital, False as a text',
    [{ op: 'Replace', path: 'active', value: 'False' }],
    (u) => u.active,
    false,
  ],
  ['Okta: an object without a path', [{ op: 'replace', value: { active: false } }], (u) => u.active, false],
  [
    'Entra: a truth value in a list of objects',
    [{ op: 'Add', path: 'active', value: [{ value: 'false' }] }],
    (u) => u.active,
    false,
  ],
  [
    'a filter in the path',
    [{ op: 'replace', path: 'emails[type eq "work"].value', value: 'n@x.example' }],
    (u) => (u.emails as ScimObject[])[0]?.value,
    'n@x.example',
  ],
  [
    'a filter that finds nothing adds',
    [{ op: 'Add', path: 'emails[type eq "other"].value', value: 'o@x.example' }],
    (u) => (u.emails as ScimObject[])[2],
    { type: 'other', value: 'o@x.example' },
  ],
  [
    'paths as keys',
    [{ op: 'replace', value: { 'name.givenName': 'Ann', title: 'Lead' } }],
    (u) => [(u.name as ScimObject).givenName, u.title],
    ['Ann', 'Lead'],
  ],
  [
    'the address of the extension before a name',
    [{ op: 'replace', path: `${enterpriseSchema}:department`, value: 'Sales' }],
    (u) => (u[enterpriseSchema] as ScimObject).department,
    'Sales',
  ],
  [
    'the same as a key',
    [{ op: 'Replace', value: { [`${enterpriseSchema}:department`]: 'Sales' } }],
    (u) => (u[enterpriseSchema] as ScimObject).department,
    'Sales',
  ],
  [
    'the extension as an object',
    [{ op: 'add', value: { [enterpriseSchema]: { costCenter: '7' } } }],
    (u) => u[enterpriseSchema],
    { department: 'Purchasing', manager: { value: 'm1' }, costCenter: '7' },
  ],
  [
    'the manager as a text',
    [{ op: 'Add', path: `${enterpriseSchema}:manager`, value: 'm2' }],
    (u) => (u[enterpriseSchema] as ScimObject).manager,
    { value: 'm2' },
  ],
  [
    'the manager in a list',
    [{ op: 'Add', path: `${enterpriseSchema}:manager`, value: [{ value: 'm2' }] }],
    (u) => (u[enterpriseSchema] as ScimObject).manager,
    { value: 'm2' },
  ],
  [
    'names in any case',
    [{ op: 'replace', path: 'NAME.GivenName', value: 'Ann' }],
    (u) => (u.name as ScimObject).givenName,
    'Ann',
  ],
  [
    'the core schema before a name',
    [{ op: 'replace', path: 'urn:ietf:params:scim:schemas:core:2.0:User:title', value: 'CFO' }],
    (u) => u.title,
    'CFO',
  ],
  ['an empty text unassigns', [{ op: 'Replace', path: 'title', value: '' }], (u) => u.title, undefined],
  ['null unassigns', [{ op: 'replace', path: 'title', value: null }], (u) => u.title, undefined],
  [
    'remove by a filter',
    [{ op: 'Remove', path: 'emails[type eq "home"]' }],
    (u) => (u.emails as ScimObject[]).length,
    1,
  ],
  [
    'an unknown key beside known ones is left out',
    [{ op: 'add', value: { title: 'CFO', shoeSize: 42 } }],
    (u) => [u.title, u.shoeSize],
    ['CFO', undefined],
  ],
  [
    'a password is left out',
    [{ op: 'replace', value: { password: 'hunter2', title: 'CFO' } }],
    (u) => [u.title, u.password],
    ['CFO', undefined],
  ],
];

for (const [name, operations, read, right] of cases)
  test(name, () => assert.deepEqual(read(after(...operations)), right));

const refusals: readonly [string, object, string][] = [
  ['an attribute that is not there', { op: 'replace', path: 'shoeSize', value: 1 }, 'invalidPath'],
  ['id', { op: 'replace', path: 'id', value: 'x' }, 'mutability'],
  ['groups', { op: 'add', path: 'groups', value: [{ value: 'x' }] }, 'mutability'],
  ['password', { op: 'replace', path: 'password', value: 'x' }, 'invalidPath'],
  ['roles', { op: 'add', path: 'roles', value: [{ value: 'hub-owner' }] }, 'invalidPath'],
  ['__proto__', { op: 'replace', path: '__proto__.polluted', value: 'x' }, 'invalidPath'],
  ['constructor', { op: 'add', path: 'constructor.prototype.polluted', value: 'x' }, 'invalidPath'],
  [
    'a filter with more than a comparison',
    { op: 'replace', path: 'emails[type eq "a" or (type eq "b")].value', value: 'x' },
    'invalidFilter',
  ],
  ['an operation that is none', { op: 'move', path: 'title', value: 'x' }, 'invalidSyntax'],
  ['a remove without a path', { op: 'remove' }, 'noTarget'],
  ['a number where a truth value belongs', { op: 'replace', path: 'active', value: 0 }, 'invalidValue'],
];
for (const [name, operation, scimType] of refusals)
  test(`refused: ${name}`, () => {
    assert.throws(
      () => after(operation),
      (fault) => fault instanceof ScimError && fault.status === 400 && fault.scimType === scimType,
    );
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });

test('a patch that fails in its second operation leaves the user as it was', () => {
  const before = structuredClone(anna);
  assert.throws(() =>
    after({ op: 'replace', path: 'title', value: 'CFO' }, { op: 'replace', path: 'shoeSize', value: 1 }),
  );
  assert.deepEqual(anna, before);
});

test('a resource is brought into one form, and what may not be written is left out', () => {
  const user = canonical(
    {
      USERNAME: 'anna',
      id: 'mine',
      meta: {},
      emails: 'a@x.example',
      active: 'True',
      roles: [1],
      name: { formatted: '' },
      title: null,
    },
    userShape,
  );
  assert.deepEqual(user, { userName: 'anna', emails: [{ value: 'a@x.example' }], active: true });
  assert.throws(() => canonical({ userName: 'x'.repeat(2001) }, userShape), ScimError);
  assert.throws(() => canonical({ title: { deep: true } }, userShape), ScimError);
  assert.throws(() => canonical([], userShape), ScimError);
});
