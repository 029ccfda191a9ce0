import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAccounts } from '#domain/unify/read/list.ts';
import { type Unification, unify } from '#domain/unify/unify.ts';
import { makeFirm } from './firm.ts';

const crmHeading = 'Id,Username,Email,FirstName,LastName,Department,EmployeeNumber,Phone';
const erpHeading = 'User,Full Name,E-Mail,Department,Personnel No,Telephone,User Type';
const directoryHeading = 'email,name,givenName,familyName,department,employeeNumber,phone';

function run(crm: readonly string[], erp: readonly string[], directory: readonly string[] = []): Unification {
  const read = (heading: string, rows: readonly string[], kind: 'system' | 'directory' = 'system') => {
    const list = readAccounts([heading, ...rows].join('\n'), kind);
    assert.deepEqual(list.faults, []);
    return list.accounts;
  };
  const people = directory.length === 0 ? [] : read(directoryHeading, directory, 'directory');
  return unify(read(crmHeading, crm), read(erpHeading, erp), people);
}

const decisionOf = ({ pairs }: Unification, crm: string, erp: string): string | undefined =>
  pairs.find((pair) => pair.crm === crm && pair.erp === erp)?.decision;

test('a number and a name that agree make a pair, whatever zeros and scripts', () => {
  const found = run(
    ['1,a@f.example,,晓明,陈,Sales,7001.0,', '2,b@f.example,,Łukasz,Śliwa,Sales,7002,'],
    ['CHENX,CHEN Xiaoming,,,00007001,,Dialog', 'SLIWAL,"SLIWA, Lukasz",,,00007002,,Dialog'],
  );
  assert.equal(decisionOf(found, '1', 'CHENX'), 'auto');
  assert.equal(decisionOf(found, '2', 'SLIWAL'), 'auto');
  assert.ok(found.pairs.every(({ reasons }) => reasons.length > 0));
});

test('a wrong number does not pair two people of different names', () => {
  const found = run(['1,a.kern@f.example,,Anna,Kern,Sales,7001,'], ['WUW,吴伟,,,00007001,,Dialog']);
  assert.deepEqual(found.pairs, []);
  assert.deepEqual(found.alone, { crm: ['1'], erp: ['WUW'] });
});

test('one address with two numbers is for a person to decide', () => {
  const found = run(
    ['1,olga.lis@f.example,,Olga,Lis,Sales,7001,'],
    ['LISO,Olga Lis,olga.lis@f.example,Finance,00007002,,Dialog'],
  );
  assert.equal(decisionOf(found, '1', 'LISO'), 'review');
});

test('one name with two owners is never merged by name alone', () => {
  const found = run(
    ['1,olga.lis@f.example,,Olga,Lis,Sales,,', '2,olga.lis2@f.example,,Olga,Lis,Sales,,'],
    ['LISO,Olga Lis,,Sales,,,Dialog'],
  );
  assert.ok(found.pairs.length > 0 && found.pairs.every(({ decision }) => decision === 'review'));
});

test('technical, test and shared users are set aside, second accounts are the person’s', () => {
  const found = run(
    [
      '1,ivo.hart@f.example,,Ivo,Hart,IT,7001,',
      '2,kiosk1@f.example,,Kiosk,Hall 1,,,',
      '3,ivo.hart+test@f.example,,Test,Hart,,,',
    ],
    [
      'HARTI,Ivo Hart,,IT,00007001,,Dialog',
      'ADM_HARTI,Ivo Hart (Admin),ivo.hart@f.example,IT,,,Dialog',
      'RFC_1,Interface CRM,,,,,System',
    ],
  );
  assert.deepEqual(found.setAside, { crm: ['2', '3'], erp: ['RFC_1'] });
  assert.deepEqual(found.duplicates.erp, [['HARTI', 'ADM_HARTI']]);
  assert.equal(decisionOf(found, '1', 'HARTI'), 'auto');
  assert.equal(decisionOf(found, '1', 'ADM_HARTI'), 'auto');
});

test('the directory ties together what the two lists alone do not', () => {
  const [crm, erp] = [['1,mia.wong@f.example,,Mia,Wong,Sales,,'], ['WANGM,王美玲,,Sales,00007001,,Dialog']];
  assert.notEqual(decisionOf(run(crm, erp), '1', 'WANGM'), 'auto');
  const found = run(crm, erp, ['mia.wong@f.example,王美玲,美玲,王,Sales,7001,']);
  assert.deepEqual(
    found.directory.map(({ employeeNumber, erp: rows }) => [employeeNumber, rows]),
    [['7001', ['WANGM']]],
  );
  assert.notEqual(decisionOf(found, '1', 'WANGM'), undefined);
});

test('every row is in a pair, alone or set aside; a row with a sure pair has none to review', () => {
  const firm = makeFirm(300, 7);
  const [crm, erp] = [readAccounts(firm.crm, 'system').accounts, readAccounts(firm.erp, 'system').accounts];
  for (const directory of [[], readAccounts(firm.directory, 'directory').accounts]) {
    const found = unify(crm, erp, directory);
    for (const side of ['crm', 'erp'] as const) {
      const paired = new Set(found.pairs.map((pair) => pair[side]));
      const rows = (side === 'crm' ? crm : erp).map(({ id }) => id);
      const told = [...paired, ...found.alone[side], ...found.setAside[side]];
      assert.deepEqual(told.toSorted(), rows.toSorted());
      const sure = new Set(found.pairs.filter(({ decision }) => decision === 'auto').map((pair) => pair[side]));
      assert.ok(found.pairs.every((pair) => pair.decision === 'auto' || !sure.has(pair[side])));
    }
    const sure = found.pairs.filter(({ decision }) => decision === 'auto');
    const wrong = sure.filter((pair) => firm.truth.get(pair.crm) !== pair.erp);
    assert.ok(wrong.length <= sure.length * 0.005, `${wrong.length} of ${sure.length} are wrong`);
    const right = new Set(found.pairs.filter((pair) => firm.truth.get(pair.crm) === pair.erp).map((pair) => pair.crm));
    assert.ok(right.size > firm.truth.size * 0.85, `${right.size} of ${firm.truth.size} are found`);
  }
});
