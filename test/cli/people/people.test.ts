/** `hub people …` as somebody at a terminal or a script sees it: what it prints, what it exits with. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Command } from 'commander';
import { findByLogin } from '#actions/people/find.ts';
import { printer } from '#src/cli/output.ts';
import { peopleCommands } from '#src/cli/people.ts';
import { eventsOf, passphrase, visitor } from '#test/actions/people/support.ts';
import { withFactors } from '#test/support/factors.ts';
import { testServices } from '#test/support/services.ts';
import { signInWithPassword } from '#test/support/sign-in.ts';

interface Collector {
  after(end: () => void | Promise<void>): void;
}

async function commandLine(t: Collector, secret = passphrase) {
  const services = await testServices(t);
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-people-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const run = async (...words: string[]) => {
    let [out, err, code] = ['', '', 0];
    const io = {
      ...printer({ out: (text) => (out += text), err: (text) => (err += text) }),
      refused: () => {
        code = 1;
      },
      openHub: async () => ({ services, close: async () => {} }),
      knownSystems: async () => [],
      knownPeople: async () => [],
      now: () => services.clock.now(),
    };
    const program = new Command().exitOverride();
    peopleCommands(program, io, async () => secret);
    for (const leaf of program.commands.flatMap((group) => group.commands)) leaf.option('--json');
    await program.parseAsync(['people', ...words], { from: 'user' });
    return { out, err, code };
  };
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  return { services, run, file };
}

test('add makes a person who can sign in, with the operator on record', async (t) => {
  const { services, run } = await commandLine(t);
  const words = ['--email', 'a@x.example', '--name', 'Anna', '--attribute', 'shift=night', '--password', '--json'];
  const { out } = await run('add', ...words);
  const made = JSON.parse(out);
  assert.deepEqual([made.email, made.status, made.attributes], ['a@x.example', 'active', { shift: 'night' }]);
  const signIn = { identifier: 'a@x.example', password: passphrase };
  assert.equal((await signInWithPassword(services, visitor(), signIn)).outcome, 'ok');
  assert.equal((await eventsOf(services, 'person.created'))[0]?.actor.kind, 'operator');
});

test('import prints every bad row with file, line and column, and ends with 1', async (t) => {
  const { run, file } = await commandLine(t);
  const csv = file('people.csv', 'email,name,status\na@x.example,Anna,\nnobody,Bo,\nc@x.example,Cy,gone\n');
  const text = await run('import', csv);
  assert.equal(text.code, 1);
  assert.match(
    text.out,
    /people\.csv:3 email: is not an e-mail address\n.*people\.csv:4 status: .*\nNothing was loaded/,
  );
  const json = await run('import', csv, '--json');
  const report = JSON.parse(json.out);
  assert.deepEqual([json.code, report.ok, report.faults.length], [1, false, 2]);
  const skipped = await run('import', csv, '--skip-bad', '--json');
  assert.deepEqual([skipped.code, JSON.parse(skipped.out).created], [0, 1]);
});

test('export gives what import takes; disable and enable by login; password replaces', async (t) => {
  const { services, run, file } = await commandLine(t);
  await run('import', file('people.csv', 'email,name\na@x.example,Anna\n'));
  const exported = (await run('export')).out;
  assert.equal(JSON.parse((await run('import', file('again.csv', exported), '--json')).out).unchanged, 1);
  const out = file('out.csv', '');
  assert.deepEqual(JSON.parse((await run('export', '--out', out, '--json')).out), { people: 1, file: out });
  assert.equal(readFileSync(out, 'utf8'), exported);
  assert.equal(JSON.parse((await run('disable', 'A@X.example', '--reason', 'left', '--json')).out).status, 'disabled');
  assert.equal((await eventsOf(services, 'person.disabled'))[0]?.personal?.detail?.reason, 'left');
  await run('enable', 'a@x.example');
  await run('password', 'a@x.example');
  const signIn = { identifier: 'a@x.example', password: passphrase };
  assert.equal((await signInWithPassword(services, visitor(), signIn)).outcome, 'ok');
  await assert.rejects(run('disable', 'nobody@x.example'), { code: 'not-found' });
});

test('reset-mfa takes every second factor, with the reason on record, and wants one', async (t) => {
  const { services, run } = await commandLine(t);
  await run('add', '--email', 'a@x.example', '--name', 'Anna', '--password');
  const anna = await findByLogin(services, 'a@x.example');
  assert.ok(anna !== undefined);
  await withFactors(services, anna);
  const before = await signInWithPassword(services, visitor(), { identifier: 'a@x.example', password: passphrase });
  assert.equal(before.outcome, 'second-step');
  await assert.rejects(run('reset-mfa', 'a@x.example'), /--reason/);
  const { out } = await run('reset-mfa', 'a@x.example', '--reason', 'lost the phone', '--json');
  assert.deepEqual(JSON.parse(out), { id: anna.id, taken: 1 });
  const after = await signInWithPassword(services, visitor(), { identifier: 'a@x.example', password: passphrase });
  assert.equal(after.outcome, 'ok');
  const [event] = await eventsOf(services, 'credential.reset');
  assert.deepEqual([event?.actor.kind, event?.personal?.detail?.reason], ['operator', 'lost the phone']);
});

test('import --preview shows person by person; --previewed loads that or nothing; --leavers asks again when many', async (t) => {
  const { services, run, file } = await commandLine(t);
  const first = file('first.csv', 'email,name,department\na@x.example,Anna,Sales\nb@x.example,Bo,Sales\n');
  await run('import', first);
  const csv = file('people.csv', 'email,name,department\na@x.example,Anna,Finance\nc@x.example,Cy,Sales\n');
  const text = await run('import', csv, '--preview', '--leavers');
  assert.match(text.out, /change a@x\.example \(line 2\)\n {4}department: Sales -> Finance/);
  assert.match(text.out, /create c@x\.example[\s\S]*leave b@x\.example[\s\S]*1 of 2 active people leave/);
  const { digest, people } = JSON.parse((await run('import', csv, '--preview', '--leavers', '--json')).out);
  assert.equal(people.length, 3);
  assert.equal((await findByLogin(services, 'a@x.example'))?.department, 'Sales');

  const load = (...words: string[]) => run('import', csv, '--leavers', '--previewed', digest, ...words);
  await assert.rejects(load(), { code: 'conflict' }, 'half of them would leave');
  await assert.rejects(
    run('import', csv, '--previewed', digest),
    { code: 'stale' },
    'without --leavers it is another load',
  );
  await assert.doesNotReject(load('--confirm-leavers'));
  assert.equal((await findByLogin(services, 'b@x.example'))?.status, 'disabled');
  const [left] = await eventsOf(services, 'person.disabled');
  assert.deepEqual(left?.personal?.detail, { reason: 'is not in the file of people that was loaded' });
  await assert.rejects(load('--confirm-leavers'), { code: 'stale' }, 'the people are others now');
});

test('data tells what systems receive, and --export writes everything to a file that only its owner reads', async (t) => {
  const { services, run, file } = await commandLine(t);
  await run('add', '--email', 'a@x.example', '--name', 'Anna');
  assert.match((await run('data', 'a@x.example')).out, /No system is connected/);
  const path = file('anna.json', '');
  rmSync(path);
  const { out } = await run('data', 'a@x.example', '--export', path, '--json');
  assert.deepEqual(JSON.parse(out), { person: 'a@x.example', file: path });
  const told = JSON.parse(readFileSync(path, 'utf8'));
  assert.deepEqual([told.format, told.accounts[0].email], ['gatehouse-person/1', 'a@x.example']);
  assert.equal(statSync(path).mode & 0o077, 0);
  const [event] = await eventsOf(services, 'audit.exported');
  assert.deepEqual([event?.actor.kind, event?.subject?.id], ['operator', told.accounts[0].id]);
  await assert.rejects(run('data', 'nobody@x.example'), { code: 'not-found' });
});

test('assign limits a role of the hub to departments, withdraw takes it; a wrong day is wrong use', async (t) => {
  const { services, run } = await commandLine(t);
  await run('add', '--email', 'a@x.example', '--name', 'Anna');
  const departments = ['--department', 'Sales', '--department', 'Service'];
  const { out } = await run('assign', 'a@x.example', 'hub-helpdesk', '--reason', 'helps', ...departments, '--json');
  assert.deepEqual(JSON.parse(out).departments, ['Sales', 'Service']);
  await assert.rejects(run('assign', 'a@x.example', 'hub-owner', '--reason', 'x', ...departments), { code: 'invalid' });
  const words = ['assign', 'a@x.example', 'hub-helpdesk', '--reason', 'x', '--until', 'soon'];
  await assert.rejects(run(...words), /write a day such as/);
  assert.equal(JSON.parse((await run('withdraw', 'a@x.example', 'hub-helpdesk', '--json')).out).withdrawn.length, 1);
  assert.equal((await eventsOf(services, 'role.withdrawn')).length, 1);
});

test('leave sets the last day, or ends everything at once', async (t) => {
  const { services, run } = await commandLine(t);
  await run('add', '--email', 'a@x.example', '--name', 'Anna');
  const later = JSON.parse((await run('leave', 'a@x.example', '--on', '2099-12-31', '--json')).out);
  assert.deepEqual([later.status, later.lastDay], ['active', '2099-12-31']);
  await assert.rejects(run('leave', 'a@x.example', '--on', '2099-02-30'), { code: 'invalid' });
  assert.equal(JSON.parse((await run('leave', 'a@x.example', '--reason', 'gone', '--json')).out).status, 'disabled');
  assert.equal((await eventsOf(services, 'person.disabled'))[0]?.personal?.detail?.reason, 'gone');
});
