/** Filters (RFC 7644, 3.4.2.2): every operator, case, and what is refused before it costs anything. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScimError } from '#domain/scim/error.ts';
import { readFilter } from '#domain/scim/filter.ts';
import { enterpriseSchema, userShape } from '#domain/scim/schemas.ts';

const anna = {
  id: 'A1',
  externalId: 'Ext-1',
  userName: 'Anna.Żak',
  active: true,
  title: 'Buyer',
  emails: [
    { value: 'Anna@Example.com', type: 'work', primary: true },
    { value: 'a@home.example', type: 'home' },
  ],
  [enterpriseSchema]: { department: 'Purchasing' },
  meta: { lastModified: '2026-03-01T10:00:00.000Z' },
};

const cases: readonly [string, boolean][] = [
  ['userName eq "anna.żak"', true],
  ['USERNAME Eq "ANNA.ŻAK"', true],
  ['userName ne "bob"', true],
  ['userName co "NNA"', true],
  ['userName sw "anna"', true],
  ['userName ew "żak"', true],
  ['userName ew "anna"', false],
  ['title pr', true],
  ['nickName pr', false],
  ['not (nickName pr)', true],
  ['active eq true', true],
  ['active eq "True"', true],
  ['active eq false', false],
  ['externalId eq "Ext-1"', true],
  ['externalId eq "ext-1"', false],
  ['id eq "a1"', false],
  ['emails eq "anna@example.com"', true],
  ['emails.value eq "anna@example.com"', true],
  ['emails[type eq "work" and value co "example"]', true],
  ['emails[type eq "work"].value eq "anna@example.com"', true],
  ['emails[type eq "home" and primary eq true]', false],
  ['emails[type eq "work"].value eq "a@home.example"', false],
  ['emails[type eq "home"].value eq "a@home.example" and active eq true', true],
  ['urn:ietf:params:scim:schemas:core:2.0:User:userName sw "anna"', true],
  [`${enterpriseSchema}:department eq "purchasing"`, true],
  ['meta.lastModified gt "2026-02-28T00:00:00Z"', true],
  ['meta.lastModified ge "2026-03-01T12:00:00+02:00"', true],
  ['meta.lastModified lt "2026-02-28T00:00:00Z"', false],
  ['userName eq "bob" or title eq "buyer" and active eq true', true],
  ['(userName eq "bob" or title eq "buyer") and active eq false', false],
  ['title gt "a" and title le "buyer"', true],
];
for (const [text, right] of cases) test(text, () => assert.equal(readFilter(text, userShape).passes(anna), right));

test('what an index can be asked is found in a conjunction alone', () => {
  const equal = (text: string) => Object.fromEntries(readFilter(text, userShape).equal);
  assert.deepEqual(equal('userName eq "Anna" and active eq true'), { username: 'anna' });
  assert.deepEqual(equal('emails[type eq "work"].value eq "A@x"'), { 'emails.type': 'work', 'emails.value': 'a@x' });
  assert.deepEqual(equal('userName eq "a" or userName eq "b"'), {});
  assert.deepEqual(equal('not (userName eq "a")'), {});
});

const refused: readonly [string, string][] = [
  ['a name that is not there', 'shoeSize eq 42'],
  ['a password', 'password sw "a"'],
  ['no grammar', 'userName eq'],
  ['a rest', 'userName eq "a" bob'],
  ['an operator of a database', '$where eq "1"'],
  ['too long', `userName eq "${'a'.repeat(2000)}"`],
  ['too deep', `${'('.repeat(11)}userName pr${')'.repeat(11)}`],
  ['too many terms', Array(51).fill('userName pr').join(' or ')],
  ['no instant', 'meta.created gt "yesterday"'],
];
for (const [name, text] of refused)
  test(`refused: ${name}`, () =>
    assert.throws(
      () => readFilter(text, userShape),
      (fault) => fault instanceof ScimError && fault.scimType === 'invalidFilter',
    ));
