/** Each reason that matching gives can be said in every language, and puts a doubt in one group. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wholeName } from '#domain/people/whole-name.ts';
import { compareNames } from '#domain/unify/names/compare.ts';
import { nameOfText } from '#domain/unify/names/name.ts';
import { compareCells } from '#domain/unify/outcome/differences.ts';
import { readAccounts } from '#domain/unify/read/list.ts';
import { doubtGroup, readReason } from '#domain/unify/reasons.ts';
import { match } from '#domain/unify/unify.ts';
import { makeCompany } from '#test/support/companies/company.ts';

test('every reason of a made company is known', () => {
  const { crm, erp, directory } = makeCompany(600, 4_007);
  const [one, two] = [readAccounts(crm, 'system').accounts, readAccounts(erp, 'system').accounts];
  const people = readAccounts(directory, 'directory').accounts;
  const reasons = new Set<string>();
  for (const list of [[], people]) {
    const { found, owners, accounts } = match(one, two, list);
    for (const { reasons: told } of [...found.pairs, ...owners.crm, ...owners.erp])
      for (const text of told) reasons.add(text);
    for (const { nobody } of [...accounts.crm, ...accounts.erp]) if (nobody !== undefined) reasons.add(nobody);
  }
  assert.ok(reasons.size > 100);
  assert.deepEqual(
    [...reasons].filter((text) => readReason(text) === undefined),
    [],
  );
});

test('values and notes are told apart', () => {
  assert.deepEqual(readReason('employee numbers differ (1, 2)'), {
    code: 'numbers-differ',
    values: { one: '1', two: '2' },
    notes: [],
  });
  assert.deepEqual(readReason('same name (short form, another spelling)')?.notes, ['short-form', 'spelling']);
  assert.equal(readReason('same name as ever'), undefined);
});

test('a name in two scripts is one name, and the fields do not say otherwise', () => {
  const [han, latin] = [nameOfText('李思远'), nameOfText('Siyuan Li')];
  assert.ok(han !== undefined && latin !== undefined);
  const { reason } = compareNames(han, latin);
  assert.equal(reason, 'same name in another script');
  const [name] = compareCells({ name: '李思远' }, { given: 'Siyuan', family: 'Li' }, [reason]);
  assert.deepEqual([name?.field, name?.state], ['name', 'script']);
  const [spelt] = compareCells({ name: 'Jo Smith' }, { name: 'Joanna Smith' }, ['same name (short form)']);
  assert.equal(spelt?.state, 'alike');
  assert.equal(compareCells({ name: 'Jo Smith' }, { name: 'Ann Roe' })[0]?.state, 'differs');
});

test('in Chinese characters the family name stands first', () => {
  assert.equal(wholeName('思远', '李'), '李思远');
  assert.equal(wholeName('Siyuan', 'Li'), 'Siyuan Li');
  assert.equal(wholeName(undefined, '李'), '李');
});

for (const [reasons, group] of [
  [['same name', 'the name alone agrees'], 'name-alone'],
  [['same name', '2 people of this name, same department'], 'namesakes'],
  [['same address a@b.example', 'the family name alone agrees'], 'part-name'],
  [['same address a@b.example', 'employee numbers differ (1, 2)'], 'contradiction'],
  [['sounds the same, other characters'], 'other'],
] as const)
  test(`${reasons.join('; ')} is ${group}`, () => assert.equal(doubtGroup(reasons), group));
