/** What can be said of a directory without asking it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnosticTrouble, entryTrouble } from '#domain/ldap/account-state.ts';
import { escapeValue, filledFilter, filterFault } from '#domain/ldap/filter.ts';
import { subjectText } from '#domain/ldap/subject.ts';

test('a value has no meaning in a filter', () => {
  assert.equal(escapeValue('*)(uid=*'), '\\2a\\29\\28uid=\\2a');
  assert.equal(escapeValue('a\\b\0c:d&e|f!g~h<i>j\n'), 'a\\5cb\\00c\\3ad\\26e\\7cf\\21g\\7eh\\3ci\\3ej\\0a');
  assert.equal(escapeValue('Żółć 李 x@y.z'), 'Żółć 李 x@y.z');
  assert.equal(
    filledFilter('(|(uid={login})(mail={login}))', '{login}', "$&'a"),
    '(|(uid=\\24\\26\\27a)(mail=\\24\\26\\27a))',
  );
});

test('a filter of the configuration is one expression and asks for somebody', () => {
  for (const good of ['(uid={login})', '(&(objectClass=user)(|(sAMAccountName={login})(userPrincipalName={login})))'])
    assert.equal(filterFault(good, '{login}'), undefined, good);
  for (const [bad, word] of [
    ['uid={login}', /brackets/],
    ['(uid={login}', /brackets/],
    ['(uid={login}))', /brackets/],
    ['(uid={login})(a=b)', /brackets/],
    ['(uid=anna)', /nobody in particular/],
    ['({login}=anna)', /no value/],
    ['(uid=a{login})', /no value/],
  ] as const)
    assert.match(filterFault(bad, '{login}') ?? '', word, bad);
});

test('ids that stay, as text', () => {
  const bytes = Buffer.from('33221100554477668899aabbccddeeff', 'hex');
  assert.equal(subjectText('objectGUID', bytes), '00112233-4455-6677-8899-aabbccddeeff');
  assert.equal(subjectText('OBJECTGUID', bytes.toString('latin1')), '00112233-4455-6677-8899-aabbccddeeff');
  assert.equal(subjectText('objectGUID', bytes.subarray(1)), undefined);
  assert.equal(
    subjectText('entryUUID', '00112233-4455-6677-8899-AABBCCDDEEFF'),
    '00112233-4455-6677-8899-aabbccddeeff',
  );
  assert.equal(subjectText('employeeNumber', 'A-7'), 'A-7');
  assert.equal(subjectText('entryUUID', ''), undefined);
  assert.equal(subjectText('entryUUID', undefined), undefined);
});

test('what Active Directory says of a bind it refuses', () => {
  const message = (code: string) =>
    `80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data ${code}, v4563 Code: 0x31`;
  for (const [code, trouble] of [
    ['52e', undefined],
    ['525', undefined],
    ['530', 'directory-hours'],
    ['532', 'password-expired'],
    ['533', 'directory-disabled'],
    ['701', 'directory-expired'],
    ['773', 'password-must-change'],
    ['775', 'directory-locked'],
    ['constructor', undefined],
  ] as const)
    assert.equal(diagnosticTrouble(message(code)), trouble, code);
  assert.equal(diagnosticTrouble('Invalid Credentials data 533'), undefined);
});

test('what an entry says of its own state', () => {
  const now = Date.UTC(2026, 0, 1);
  const state = (entry: Record<string, string>) => entryTrouble((name) => entry[name], now);
  assert.equal(state({}), undefined);
  assert.equal(state({ userAccountControl: '512', accountExpires: '9223372036854775807' }), undefined);
  assert.equal(state({ userAccountControl: '514' }), 'directory-disabled');
  assert.equal(state({ userAccountControl: `${512 + 0x80_0000}` }), 'password-expired');
  const filetime = (at: number) => String((at + 11_644_473_600_000) * 10_000);
  assert.equal(state({ accountExpires: filetime(now - 1000) }), 'directory-expired');
  assert.equal(state({ accountExpires: filetime(now + 60_000) }), undefined);
  assert.equal(state({ accountExpires: '0' }), undefined);
  assert.equal(state({ pwdAccountLockedTime: '000001010000Z' }), 'directory-locked');
  assert.equal(state({ pwdAccountLockedTime: '20250101000000Z', lockoutTime: '13' }), undefined);
  assert.equal(state({ pwdReset: 'TRUE' }), 'password-must-change');
});
