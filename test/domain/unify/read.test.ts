import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseColumns, guessColumns } from '#domain/unify/read/columns.ts';
import { decodeExport } from '#domain/unify/read/decode.ts';
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
    ['User ID,Username,First Name,Last Name,Email,Active', ['id', 'login', 'given', 'family', 'mail', 'active']],
    ['(Do Not Modify) User,Full Name,User Name,Primary Email,Status', ['id', 'name', 'login', 'mail', 'active']],
    ['ID,Full Name,Email,Enabled,User Type,Mobile No', ['id', 'name', 'mail', 'active', 'kind', 'phone']],
    ['Benutzer,Name,Vorname,E-Mail,Gültig bis', ['id', 'login', 'family', 'given', 'mail', 'validTo']],
    ['帳號,姓名,電子郵件,部門,員工編號', ['id', 'login', 'name', 'mail', 'department', 'number']],
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

test('a column is mapped by hand, and a title that is not there is told', () => {
  const heading = ['Kto', 'Skrzynka', 'Name'];
  const { columns, faults } = chooseColumns(heading, { id: 'Kto', mail: 'skrzynka', name: '' });
  assert.deepEqual([columns, faults], [{ id: 0, mail: 1 }, []]);
  assert.match(chooseColumns(heading, { id: 'User' }).faults[0] ?? '', /"User".*Kto, Skrzynka, Name/);
});

test('exports come in what spreadsheets save', () => {
  const polish = 'id;Imię;Nazwisko;E-mail\r\n1;Łucja;Żółkiewska;l.z@f.example\r\n';
  const chinese = '用户名\t姓名\t邮箱\n1\t欧阳晓明\to@f.example\n2\t李雷\tl@f.example\n';
  const german = 'id;Vorname;Nachname;Bemerkung\n1;Jörg;Größer;"a;b"\n';
  const russian = 'id;name\n1;Шевченко Юлия\n2;Иванов Пётр\n';
  const big = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();
  const bytes = (text: string, table: string) => {
    const codes = new Map<string, number>();
    for (let code = 0; code < 256; code++) codes.set(new TextDecoder(table).decode(Uint8Array.of(code)), code);
    return Uint8Array.from([...text].map((letter) => codes.get(letter) ?? 0x3f));
  };
  const gb = Buffer.from(
    'd3c3bba7c3fb09d0d5c3fb09d3cacfe40a3109c5b7d1f4cffec3f7096f40662e6578616d706c650a3209c0eec0d7096c40662e6578616d706c650a',
    'hex',
  );
  for (const [title, source, text, separator] of [
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${polish}`), polish, ';'],
    ['UTF-16 LE with a mark', Buffer.from(`\uFEFF${polish}`, 'utf16le'), polish, ';'],
    ['UTF-16 BE with a mark', big(chinese), chinese, '\t'],
    ['UTF-16 LE without one', Buffer.from(polish, 'utf16le'), polish, ';'],
    ['Windows-1250', bytes(polish, 'windows-1250'), polish, ';'],
    ['Windows-1251', bytes(russian, 'windows-1251'), russian, ';'],
    ['Windows-1252', bytes(german, 'windows-1252'), german, ';'],
    ['GB 18030', gb, chinese, '\t'],
  ] as const) {
    const decoded = decodeExport(source);
    assert.equal('text' in decoded ? decoded.text : decoded.fault, text, title);
    const list = readAccounts(source, 'system');
    assert.deepEqual([list.faults, list.separator, list.accounts[0]?.id], [[], separator, '1'], title);
  }
  assert.deepEqual(readAccounts('sep=|\nid|name\n1|Anna Lis', 'system').accounts.length, 1);
  assert.match(
    readAccounts(Buffer.from('id,name\n1,a'), 'system', { encoding: 'x' }).faults[0]?.message ?? '',
    /gb18030/,
  );
});

test('numbers of a list lose what the whole list has before them', () => {
  const list = readAccounts('id,name,employeeNumber\n1,Anna Lis,EMP-0017\n2,Jan Lis,EMP-0018', 'system');
  assert.deepEqual(
    list.accounts.map(({ numbers }) => numbers),
    [['17'], ['18']],
  );
});

test('a bad file is told by line with the remedy, and gives nothing', () => {
  const fault = (text: string | Uint8Array) => readAccounts(text, 'system').faults[0];
  assert.match(fault('name\nAnna Lis')?.message ?? '', /no column with an id.*there are: name/);
  assert.match(fault('')?.message ?? '', /empty/);
  assert.match(fault('id,name\n')?.message ?? '', /no row/);
  assert.deepEqual(fault('id,name\n1,Anna\n2,"Jan\n3,Ewa')?.line, 3);
  const unnumbered = readAccounts('email,name,employeeNumber\na.lis@f.example,Anna Lis,', 'directory');
  assert.deepEqual(
    unnumbered.accounts.map(({ id }) => id),
    ['a.lis@f.example'],
  );
  assert.equal(fault('id,name\n1,Anna Lis\n1,Jan Lis')?.line, 3);
  assert.equal(fault('id,name\n1,Anna,Lis')?.line, 2);
});

test('a cell too large for a record of the store is a fault of its line', () => {
  const { faults } = readAccounts(`id,login,name,email\n1,l1,${'x'.repeat(10_001)},a@x.example\n`, 'system');
  assert.deepEqual(
    faults.map(({ line, message }) => [line, /longer than 10000/.test(message)]),
    [[2, true]],
  );
});
