/** The rules for new passwords, the same at every door: length, common words, the company's and the person's own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPerson } from '#actions/people/create.ts';
import { importPeople } from '#actions/people/import/import.ts';
import { judgePassword } from '#actions/people/password-rules.ts';
import { changeOwnPassword } from '#actions/signin/change-password.ts';
import { setPassword } from '#actions/signin/set-password.ts';
import { createSystem } from '#actions/systems/create.ts';
import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { type SystemInput, withDefaults } from '#settings/system.ts';
import { testServices } from '#test/support/services.ts';

const operator: Origin = { actor: { kind: 'operator' } };
const fine = 'correct horse battery staple';

const person = { name: 'Anna Kowalska', email: 'a.kowalska@hongda.example', username: 'AKOW' };
const cases: [string, string | undefined][] = [
  [fine, undefined],
  ['silent otter brings maps', undefined],
  ['月亮代表我的心也照亮港口边的灯塔', undefined],
  ['fourteen chars', 'too-short'],
  ['x'.repeat(1025), 'too-long'],
  // Common passwords, one after the other, spelt otherwise, or with digits behind: only a list knows them.
  ['liverpool chelsea', 'guessable'],
  ['haslohaslo123456', 'guessable'],
  ['1l0v3y0uf0r3v3r12', 'guessable'],
  ['qwertyuiopasdfgh1', 'guessable'],
  ['20-11-1990 20-11-1991', 'guessable'],
  ['manchester manchester', 'guessable'],
  // The person, the hub's address, the systems, the setting.
  ['a.kowalska@hongda.example', 'guessable'],
  ['KowalskaAKOW1234', 'guessable'],
  ['identity.hongda.example', 'guessable'],
  ['Frachtmeister Frachtmeister', 'guessable'],
  ['Zwirnerei2026Zwirnerei', 'guessable'],
];

test('a new password is judged by length, common words, the company and the person', async (t) => {
  const env = { HUB_ISSUER: 'https://identity.hongda.example' };
  const services = await testServices(t, { env });
  services.settings.password.words.push('Zwirnerei');
  const erp = { id: 'erp', title: 'Frachtmeister', side: 'erp', redirectUris: ['https://erp.example/'] };
  await createSystem(services, operator, withDefaults({ ...erp, auth: 'none' } as unknown as SystemInput));
  for (const [password, reason] of cases) {
    const fault = await judgePassword(services, person, password);
    assert.equal(fault?.reason, reason, password.slice(0, 40));
  }
  // Somebody else's name is nobody's business.
  assert.equal(await judgePassword(services, { name: 'Bo Li' }, 'Kowalska paints boats'), undefined);
});

test('every door asks the same judge, and says what is wrong with which field', async (t) => {
  const services = await testServices(t);
  const common = 'liverpool chelsea';
  const refused = (path: string) => (fault: unknown) =>
    fault instanceof HubError && fault.code === 'weak-password' && fault.faults[0]?.path === path;
  await assert.rejects(createPerson(services, operator, { ...person, password: common }), refused('password'));
  const { id } = await createPerson(services, operator, { ...person, password: fine });
  await assert.rejects(setPassword(services, operator, id, common), refused('password'));
  const change = { current: fine, next: common };
  await assert.rejects(changeOwnPassword(services, operator, id, change), refused('next'));
  const csv = Buffer.from(`email,name,password\nbo@hongda.example,Bo Li,${common}\n`);
  const report = await importPeople(services, operator, csv, {});
  assert.deepEqual(
    report.faults.map(({ line, path }) => ({ line, path })),
    [{ line: 2, path: 'password' }],
  );
});
