/** `hub people unify`: its answers and its exits, without a store. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Command } from 'commander';
import { createPerson } from '#actions/people/create.ts';
import type { Services } from '#actions/services.ts';
import { hubPeople } from '#actions/unify/directory.ts';
import type { Unification } from '#domain/unify/unify.ts';
import { type CommandIo, WrongUse } from '#src/cli/io.ts';
import { printer } from '#src/cli/output.ts';
import { unifyCommand } from '#src/cli/people/unify.ts';
import { people } from '#storage/collections.ts';
import { operator } from '#test/actions/people/support.ts';
import { proposalsOf, twoSystems } from '#test/actions/unify/support.ts';

function commandLine(t: { after(end: () => void | Promise<void>): void }, services?: Services) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-unify-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const run = async (...words: string[]): Promise<string> => {
    let out = '';
    const unused = async (): Promise<never> => assert.fail('the dry run opens no store');
    const io: CommandIo = {
      ...printer({ out: (text) => (out += text), err: () => {} }),
      refused: () => {},
      openHub: async () => (services === undefined ? unused() : { services, close: async () => {} }),
      knownSystems: unused,
      knownPeople: async () => (services === undefined ? [] : hubPeople(services)),
      now: () => 0,
    };
    const program = new Command().exitOverride();
    unifyCommand(program, io);
    for (const leaf of program.commands) leaf.option('--json');
    await program.parseAsync(['unify', ...words], { from: 'user' });
    return out;
  };
  const crm = file('crm.csv', '\uFEFFId,Email,FirstName,LastName,EmployeeNumber\r\n1,a.lis@f.example,Anna,Lis,71\r\n');
  const erp = file('erp.csv', 'User,Full Name,Personnel No\r\nLISA,"LIS, Anna",00000071\r\nBOT1,Interface X,\r\n');
  return { run, file, crm, erp };
}

test('the dry run tells pairs with reasons, in words and as JSON', async (t) => {
  const { run, crm, erp } = commandLine(t);
  assert.match(await run('--crm', crm, '--erp', erp, '--dry-run'), /^1 sure pairs, 0 to review/m);
  const found = JSON.parse(await run('--crm', crm, '--erp', erp, '--dry-run', '--json')) as Unification;
  assert.deepEqual(Object.keys(found), ['pairs', 'alone', 'setAside', 'duplicates', 'directory', 'directoryFrom']);
  const [pair] = found.pairs;
  assert.deepEqual([pair?.crm, pair?.erp, pair?.decision], ['1', 'LISA', 'auto']);
  assert.deepEqual(found.setAside, { crm: [], erp: ['BOT1'] });
});

test('without a file the people of the store are the directory, and the answer says so', async (t) => {
  const services = await twoSystems(t);
  await createPerson(services, operator, { email: 'a.lis@f.example', name: 'Anna Lis', employeeNumber: '71' });
  const { run, file, crm, erp } = commandLine(t, services);
  const found = JSON.parse(await run('--crm', crm, '--erp', erp, '--dry-run', '--json')) as Unification;
  assert.deepEqual(found.directory, [{ employeeNumber: '71', crm: ['1'], erp: ['LISA'], decision: 'auto' }]);
  assert.match(await run('--crm', crm, '--erp', erp, '--dry-run'), /directory is the people of this hub: 1;/);
  const other = file('people.csv', 'email,name,employeeNumber\na.lis@f.example,Anna Lis,72\n');
  const named = await run('--crm', crm, '--erp', erp, '--directory', other, '--dry-run', '--json');
  assert.deepEqual(
    (JSON.parse(named) as Unification).directory.map(({ employeeNumber }) => employeeNumber),
    ['72'],
  );
  const kept = JSON.parse(await run('--crm', crm, '--erp', erp, '--accept-sure', '--reason', 'test', '--json'));
  assert.deepEqual([kept.directory, kept.accepted], [{ from: 'hub', people: 1 }, 1]);
  assert.equal(await services.store.count(people), 1);
  await assert.rejects(run('--crm', crm, '--erp', erp, '--unknown', 'gone'), WrongUse);
});

test('a file that is not there, or is missing, is wrong use', async (t) => {
  const { run, crm, erp } = commandLine(t);
  await assert.rejects(run('--crm', crm, '--erp', `${erp}x`, '--dry-run'), WrongUse);
  await assert.rejects(run('--crm', crm, '--dry-run'), WrongUse);
  await assert.rejects(run('--crm', crm, '--erp', erp, '--map', 'crm.colour=X', '--dry-run'), WrongUse);
  await assert.rejects(run('--crm', crm, '--erp', erp, '--accept-sure'), /--reason/);
});

test('without --dry-run the proposals are kept, accepted when asked to, and undone by id', async (t) => {
  const services = await twoSystems(t);
  const { run, crm, erp } = commandLine(t, services);
  const out = await run('--crm', crm, '--erp', erp, '--accept-sure', '--reason', 'test', '--json');
  const done = JSON.parse(out) as { unification: string; accepted: number };
  assert.equal(done.accepted, 1);
  const [proposal] = await proposalsOf(services, done.unification, 'sure');
  const undone = JSON.parse(await run('--undo', proposal?.id ?? '', '--reason', 'no', '--json')) as { split: string[] };
  assert.equal(undone.split.length, 1);
  await assert.rejects(run('--undo', 'nothing'), /neither/);
});

test('a file that cannot be used is refused with its lines', async (t) => {
  const { run, file, crm } = commandLine(t);
  const bad = file('bad.csv', 'User,Full Name\nLISA,"LIS, Anna"\nLISA,Jan Lis\n');
  await assert.rejects(run('--crm', crm, '--erp', bad, '--dry-run'), { code: 'invalid' });
});
