import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareNames } from '#domain/unify/names/compare.ts';
import { nameOfCells, nameOfText } from '#domain/unify/names/name.ts';
import { oneSlip } from '#domain/unify/names/slips.ts';

function level(a: string, b: string): number {
  const [one, two] = [nameOfText(a), nameOfText(b)];
  assert.ok(one !== undefined && two !== undefined);
  return compareNames(one, two).level;
}

test('one name in two spellings', () => {
  for (const [a, b] of [
    ['王小明', 'Xiaoming Wang'],
    ['欧阳修文', 'OUYANG, Xiu Wen'],
    ['張國強', '张国强'],
    ['蔡美心', 'Mei-hsin Tsai'],
    ['陈志明', 'Chan Chi Ming'],
    ['仇海', 'Qiu Hai'],
    ['吕芳', 'Lu Fang'],
    ['Łucja Żółkiewska', 'ZOLKIEWSKA Lucja'],
    ['Jörg Größer', 'Joerg Groesser'],
    ['Шевченко Юлія', 'Yuliya Shevchenko'],
    ['Tschaikowski Sergej', 'Сергей Чайковский'],
    ['Yuri Gagarin', 'Юрий Гагарин'],
    ['Щербак Микола', 'Mykola Shcherbak'],
    ['Kasia Nowacka', 'Katarzyna Nowacka'],
    ['Bob Harker', 'HARKER, Robert'],
    ['Dr. Marta Kolec (ext)', 'Marta Kolec'],
    ['Robert Harekr', 'Robert Harker'],
    ['Pan Yan', '潘燕'],
    ['Anna Katarzyna Lis', 'Anna Lis'],
  ] as const)
    assert.ok(level(a, b) >= 0.8, `${a} ~ ${b}: ${level(a, b)}`);
});

test('two names are two names', () => {
  for (const [a, b] of [
    ['王小明', '李小明'],
    ['张静', '张婧'],
    ['Anna Lis', 'Anna Wilk'],
    ['Jan Nowak', 'Janina Nowak'],
    ['Xue Li', 'Xu Li'],
    ['Adam Kern', 'Ewa Kern'],
  ] as const)
    assert.ok(level(a, b) < 0.8, `${a} ~ ${b}: ${level(a, b)}`);
});

test('swapped columns read both ways', () => {
  const [one, two] = [nameOfCells('Kowal', 'Ewa'), nameOfCells('Ewa', 'Kowal')];
  assert.ok(one !== undefined && two !== undefined);
  assert.equal(compareNames(one, two).level, 1);
});

test('one slip of the keyboard', () => {
  for (const [a, b] of [
    ['anna', 'ana'],
    ['anna', 'anma'],
    ['lis', 'liss'],
  ] as const)
    assert.ok(oneSlip(a, b), `${a} ${b}`);
  assert.ok(oneSlip('marek', 'marke'));
  assert.ok(!oneSlip('anna', 'anna') && !oneSlip('anna', 'nana2') && !oneSlip('marek', 'kamer'));
});
