/** The people CSV of contract.md: bytes in, rows and faults out. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CsvFault, type PeopleRow, readPeople } from '#domain/people/csv/rows.ts';

function read(source: Uint8Array | string): { rows: PeopleRow[]; faults: CsvFault[] } {
  const all = [...readPeople(source)];
  return { rows: all.filter((item) => item.kind === 'row'), faults: all.filter((item) => item.kind === 'fault') };
}
const places = (source: Uint8Array | string) => read(source).faults.map(({ line, path }) => `${line}:${path}`);

describe('rows', () => {
  test('a byte order mark, CR LF, quotes, commas, line breaks and doubled quotes', () => {
    const text =
      '\u{feff}email,name,jobTitle\r\na@x.example,"Kowalska, Anna","says ""hi""\r\nand more"\r\n\r\nb@x.example,Bo,\r\n';
    const { rows, faults } = read(Buffer.from(text));
    assert.deepEqual(faults, []);
    assert.deepEqual(
      rows.map((row) => [row.line, row.patch.name, row.patch.jobTitle]),
      [
        [2, 'Kowalska, Anna', 'says "hi"\r\nand more'],
        [5, 'Bo', null],
      ],
    );
  });

  test('the last line needs no line break', () => {
    assert.equal(read('email\na@x.example').rows[0]?.patch.email, 'a@x.example');
    assert.equal(read('email,name\na@x.example,"A"').rows[0]?.patch.name, 'A');
  });

  test('unknown columns are attributes, x[] is a list, an empty cell is absent, spaces count', () => {
    const { rows } = read('username,shift,sites[],department,constructor\nU1, night ,"GD; PL;;GD",  ,x\nU2,,; ;,,\n');
    assert.deepEqual(rows[0]?.patch.attributes, { shift: ' night ', sites: ['GD', 'PL', 'GD'], constructor: 'x' });
    assert.equal(rows[0]?.patch.department, '  ');
    assert.deepEqual(rows[1]?.patch.attributes, { shift: null, sites: null, constructor: null });
  });

  test('a neutralised formula is read as what it was', () => {
    const { rows } = read("username,phone,note\nU1,'+48 22,''=x\nU2,+48 22,'t Hooft\n");
    assert.deepEqual(rows[0]?.patch.attributes, { phone: '+48 22', note: "'=x" });
    assert.deepEqual(rows[1]?.patch.attributes, { phone: '+48 22', note: "'t Hooft" });
  });

  test('status, e-mail verified, passwords', () => {
    const { rows, faults } = read(
      'email,status,emailVerified,password,passwordHash\na@x,active,true,secret words here,\nb@x,,,,{SSHA}x\nc@x,Disabled,yes,,\nd@x,disabled,false,a,b\n',
    );
    assert.deepEqual(rows[0], {
      kind: 'row',
      line: 2,
      patch: { email: 'a@x', status: 'active', emailVerified: true, attributes: {} },
      password: 'secret words here',
    });
    assert.equal(rows[1]?.passwordHash, '{SSHA}x');
    assert.deepEqual(
      faults.map(({ line, path }) => [line, path]),
      [
        [4, 'status'],
        [4, 'emailVerified'],
        [5, 'passwordHash'],
      ],
    );
  });
});

test('a broken row costs its own line only', () => {
  const text =
    'email,name\n"a@x","multi\nline"\n\nb@x,Bo"b\nc@x,C,extra\nd@x\n"e@x"junk,E\nf@x,F\n"g@x,never closed\nh@x,H\n';
  const { rows, faults } = read(text);
  assert.deepEqual(
    rows.map((row) => [row.line, row.patch.email]),
    [
      [2, 'a@x'],
      [9, 'f@x'],
      [11, 'h@x'],
    ],
  );
  assert.deepEqual(
    faults.map((fault) => fault.line),
    [5, 6, 7, 8, 10],
  );
  assert.ok(faults.every((fault) => !fault.wholeFile));
});

describe('files that are refused as a whole', () => {
  const cases: [string, Uint8Array | string, string[], RegExp][] = [
    ['nothing', '', ['1:'], /empty/],
    ['UTF-16, little end first', Buffer.from('\u{feff}email\na@x\n', 'utf16le'), ['1:'], /UTF-16/],
    ['UTF-16 without a mark', Buffer.from('email,name,department\n', 'utf16le'), ['1:'], /UTF-16/],
    ['Latin-2 in the third line', Buffer.from('email,name\na@x,A\nb@x,\xb3\n', 'latin1'), ['3:'], /UTF-8/],
    ['line ends of CR alone', 'email,name\ra@x,A\r', ['1:'], /CR/],
    ['a column twice', 'email,name,email\n', ['1:email'], /twice/],
    ['a column and its list', 'email,site,site[]\n', ['1:site[]'], /twice/],
    ['two faults', 'email, name,x,x\n', ['1: name', '1:x'], /spaces/],
    ['a column without a name', 'email,,name\n', ['1:column 2'], /no name/],
    ['__proto__', 'email,__proto__\n', ['1:__proto__'], /reserved/],
    ['a list of e-mails', 'email[],username\n', ['1:email[]'], /one value/],
    ['no login', 'E-Mail,name\n', ['1:email'], /E-Mail/],
    ['semicolons', 'email;name\na@x;A\n', ['1:email'], /commas/],
  ];
  for (const [name, source, where, message] of cases)
    test(name, () => {
      const { rows, faults } = read(source);
      assert.deepEqual(places(source), where);
      assert.match(faults[0]?.message ?? '', message);
      assert.ok(faults.every((fault) => fault.wholeFile));
      assert.deepEqual(rows, []);
    });
});
