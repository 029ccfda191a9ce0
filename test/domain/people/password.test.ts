import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passwordFault } from '#domain/people/password.ts';

const words = ['Anna Kowalska', 'a.kowalska@hongda.example', 'AKOW', 'Hongda Trading', undefined];
const cases: [string, string | undefined][] = [
  ['', 'too-short'],
  ['fourteen chars', 'too-short'],
  ['silent otter brings maps', undefined],
  ['żółta łódź płynie nocą', undefined],
  ['月亮代表我的心也照亮港口边的灯塔', undefined],
  ['xK9#mPq2$vL5@nR8', undefined],
  ['a'.repeat(1025), 'too-long'],
  ['ł'.repeat(513), 'too-long'],
  ['aaaaaaaaaaaaaaaaaaaa', 'guessable'],
  ['123456789012345678', 'guessable'],
  ['abcdefghijklmnopqrst', 'guessable'],
  ['Password1234567890', 'guessable'],
  ['P@ssw0rdP@ssw0rd!!', 'guessable'],
  ['qwertyuiop[]asdfghjkl', 'guessable'],
  ['AnnaKowalska2026', 'guessable'],
  ['Kowalska-Hongda-1990', 'guessable'],
  ['HongdaHongdaHongda', 'guessable'],
  ['Summer2026!Summer2026!', 'guessable'],
  ['welcome to gatehouse', 'guessable'],
];
for (const [password, reason] of cases)
  test(`${JSON.stringify(password.slice(0, 30))} is ${reason ?? 'fine'}`, () => {
    assert.equal(passwordFault(password, words)?.reason, reason);
  });

test('length is counted in characters after NFC, not in code units', () => {
  assert.equal(passwordFault('é'.normalize('NFD').repeat(8), [])?.reason, 'too-short');
  assert.equal(passwordFault('🦊'.repeat(8), [])?.reason, 'too-short');
});
