import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guessColumns } from '#domain/unify/read/columns.ts';
import { plainMail, plainNumber, plainPhone } from '#domain/unify/read/fields.ts';
import { readAccounts } from '#domain/unify/read/list.ts';
import { isRoleMail, whyNobody } from '#domain/unify/read/nobody.ts';

test('columns of common exports are found', () => {
  const found = (heading: string): string[] => Object.keys(guessColumns(heading.split(',')));
  const wanted: readonly (readonly [string, readonly string[]])[] = [
    ['Id,Username,Email,FirstName,LastName,EmployeeNumber', ['id', 'login', 'mail', 'given', 'family', 'number']],
    ['systemuserid,domainname,internalemailaddress,fullname,employeeid', ['id', 'login', 'mail', 'name', 'number']],
    ['External ID,Login,Name,Email', ['id', 'login', 'name', 'mail']],
    ['ref,login,lastname,firstname,email,ref_employee', ['id', 'login', 'family', 'given', 'mail', 'number']],
    ['BNAME,NAME_TEXT,SMTP_ADDR,PERNR,TEL_NUMBER,USTYP', ['id', 'login', 'name', 'mail', 'number', 'phone', 'kind']],
    [
      'Benutzername,Vorname,Nachname,E-Mail-Adresse,Personalnummer',
      ['id', 'login', 'given', 'family', 'mail', 'number'],
    ],
    ['Użytkownik,Imię,Nazwisko,E-mail,Dział', ['id', 'login', 'given', 'family', 'mail', 'department']],
    ['用户名,姓名,邮箱,工号,部门', ['id', 'login', 'name', 'mail', 'number', 'department']],
  ];
  for (const [heading, meanings] of wanted) assert.deepEqual(found(heading).sort(), [...meanings].sort(), heading);
});

test('cells are brought into one form', () => {
  assert.equal(plainNumber('00123'), plainNumber('123.0'));
  assert.equal(plainNumber('0000'), undefined);
  assert.equal(plainMail('A.Lis+x@F.Example.invalid'), 'a.lis@f.example');
  assert.equal(plainPhone('+48 123 45 67'), plainPhone('0048-1234567'));
});

test('nobody’s rows are known, people’s rows are left', () => {
  const why = (login: string, name: string, kind = 'Dialog') => whyNobody({ login, name, kind, mail: '' });
  for (const [login, name, kind] of [
    ['SAP*', 'Emergency user'],
    ['RFC_X', 'Interface'],
    ['X1', 'Anna Lis', 'System'],
    ['TRAIN01', 'Training 1'],
    ['test.lis', 'Test Lis'],
  ] as const)
    assert.notEqual(why(login, name, kind), undefined, login);
  for (const [login, name] of [
    ['LISA', 'Anna Lis'],
    ['TESTAA', 'Aldo Testa'],
    ['TERMANNJ', 'Jo Termann'],
    ['BATCHELO', 'Ivy Batchelor'],
    ['ADM_LISA', 'Anna Lis (Admin)'],
    ['DEMOSJ', 'Jan Demos'],
  ] as const)
    assert.equal(why(login, name), undefined, login);
  assert.ok(isRoleMail('sales.team@f.example') && isRoleMail('it.cn@f.example') && isRoleMail('noreply@f.example'));
  assert.ok(!isRoleMail('anna.lis@f.example') && !isRoleMail('li.wu@f.example'));
});

test('a bad file is told by line with the remedy, and gives nothing', () => {
  const fault = (text: string | Uint8Array) => readAccounts(text, 'system').faults[0];
  assert.match(fault('name\nAnna Lis')?.message ?? '', /no column with an id/);
  assert.match(fault('id;name\n1;Anna')?.message ?? '', /commas/);
  assert.match(fault(Buffer.from('\uFEFFid,name', 'utf16le'))?.message ?? '', /UTF-8/);
  const unnumbered = readAccounts('email,name,employeeNumber\na.lis@f.example,Anna Lis,', 'directory');
  assert.deepEqual(
    unnumbered.accounts.map(({ id }) => id),
    ['a.lis@f.example'],
  );
  assert.equal(fault('id,name\n1,Anna Lis\n1,Jan Lis')?.line, 3);
  assert.equal(fault('id,name\n1,Anna,Lis')?.line, 2);
});
