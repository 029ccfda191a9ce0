/** Importing people: all or nothing, every fault with its line, the same file again changes nothing. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assignRole } from '#actions/assignments/assign.ts';
import { createPerson } from '#actions/people/create.ts';
import { exportPeople } from '#actions/people/export.ts';
import { findByLogin } from '#actions/people/find.ts';
import { importPeople } from '#actions/people/import/import.ts';
import { credentials, people } from '#storage/collections.ts';
import { eventsOf, operator, passphrase, visitor } from '#test/actions/people/support.ts';
import { testServices } from '#test/support/services.ts';
import { signInWithPassword } from '#test/support/sign-in.ts';

function company(count: number): string[] {
  const rows = Array.from({ length: count }, (_, index) => {
    const department = index % 3 === 0 ? 'Sales' : 'Production';
    return `p${index}@hongda.example,P${index},Person ${index},${department},E${index},,PL;CN`;
  });
  return ['email,username,name,department,employeeNumber,status,sites[]', ...rows];
}

describe('a file of 400 people with three bad rows', () => {
  const lines = company(400);
  lines[100] = 'not an address,P99,Person 99,Sales,E99,,';
  lines[200] = 'p199@hongda.example,P199,Person 199,Sales,E199,retired,';
  lines[300] = 'P5@HONGDA.example,P299,Person 299,Sales,E299,,';
  const file = lines.join('\n');

  test('loads nothing and names the three', async (t) => {
    const services = await testServices(t);
    const report = await importPeople(services, operator, file);
    assert.equal(report.loaded, false);
    assert.deepEqual(
      report.faults.map(({ line, path }) => [line, path]),
      [
        [101, 'email'],
        [201, 'status'],
        [301, 'email'],
      ],
    );
    assert.equal(await services.store.count(people), 0);
    assert.equal((await eventsOf(services)).length, 0);
  });

  test('with --skip-bad loads the other 397', async (t) => {
    const services = await testServices(t);
    const report = await importPeople(services, operator, file, { skipBad: true });
    assert.deepEqual(
      { ...report, faults: report.faults.length },
      {
        loaded: true,
        rows: 400,
        created: 397,
        changed: 0,
        unchanged: 0,
        left: 0,
        skipped: 3,
        faults: 3,
      },
    );
    assert.equal(await services.store.count(people), 397);
    assert.equal((await eventsOf(services, 'person.created')).length, 397);
  });
});

test('the same file again changes nothing, and neither does what the hub exports', async (t) => {
  const services = await testServices(t);
  const file = `${company(50).join('\r\n')}\r\n"Zoë, ""Z""@x",,x,,,,\r\n`.replace('"Zoë, ""Z""@x"', 'zoë@x.example');
  const odd = 'username,name,note,phone,teams[]\n=SUM,"O\'Hara, ""Bo""","line\nbreak",+48 22,a;b\n\'t,x,\'=1, lead,\n';
  await importPeople(services, operator, file);
  await importPeople(services, operator, odd);
  const before = (await eventsOf(services)).length;
  const exported = (await Array.fromAsync(exportPeople(services))).join('');
  for (const again of [file, odd, exported]) {
    const report = await importPeople(services, operator, again);
    assert.deepEqual([report.faults, report.created, report.changed], [[], 0, 0]);
  }
  assert.equal((await eventsOf(services)).length, before);
  assert.ok(exported.includes("'=SUM"), 'formulas are neutralised');
});

test('rows meet people by number, then e-mail, then username; empty cells remove, missing columns stay', async (t) => {
  const services = await testServices(t);
  const first =
    'email,username,name,employeeNumber,department,shift\na@x.example,A,Anna,1,Sales,night\nb@x.example,,Bo,,Sales,day\n,C,Cy,,Sales,day\n';
  await importPeople(services, operator, first);
  const ids = await Promise.all(
    ['a', 'b@x.example', 'c'].map(async (login) => (await findByLogin(services, login))?.id),
  );
  const report = await importPeople(
    services,
    operator,
    'email,username,employeeNumber,shift\nanna@x.example,A,1,\nB@X.example,,2,late\n,C,,day\n',
  );
  assert.deepEqual([report.created, report.changed, report.unchanged], [0, 2, 1]);
  const anna = await findByLogin(services, 'anna@x.example');
  assert.deepEqual([anna?.id, anna?.name, anna?.department, anna?.attributes], [ids[0], 'Anna', 'Sales', {}]);
  const bo = await findByLogin(services, 'b@x.example');
  assert.deepEqual(
    [bo?.id, bo?.email, bo?.employeeNumber, bo?.attributes],
    [ids[1], 'B@X.example', '2', { shift: 'late' }],
  );
  const [event] = await eventsOf(services, 'person.changed');
  assert.deepEqual(event?.detail, { fields: ['email', 'attributes.shift'] });
  assert.deepEqual(event?.personal?.before, { email: 'a@x.example', 'attributes.shift': 'night' });
  assert.deepEqual(event?.personal?.after, { email: 'anna@x.example', 'attributes.shift': null });
  assert.ok(!JSON.stringify({ ...event, personal: null }).includes('example'));
});

test('logins are one namespace, in the file and with the store; numbers are unique too', async (t) => {
  const services = await testServices(t);
  await createPerson(services, operator, {
    email: 'boss@x.example',
    username: 'boss',
    employeeNumber: '7',
    name: 'Boss',
  });
  const report = await importPeople(
    services,
    operator,
    'email,username,employeeNumber\na@x.example,BOSS@X.EXAMPLE,\nb@x.example,B,1\nc@x.example,b,2\nd@x.example,B@x.example,3\ne@x.example,,1\nboss,,\nboss@x.example,,8\nf@x.example,,7\n,,\n',
  );
  assert.deepEqual(
    report.faults.map(({ line, path }) => `${line}:${path}`),
    [
      '2:username',
      '4:username',
      '5:username',
      '6:employeeNumber',
      '7:email',
      '7:email',
      '9:employeeNumber',
      '10:email',
    ],
  );
  assert.equal(await services.store.count(people), 1);
});

test('passwords follow the rule, hashes are bounded, and nobody who has a password gets another', async (t) => {
  const services = await testServices(t);
  const weak = await importPeople(
    services,
    operator,
    'email,name,password,passwordHash\na@x.example,Anna,too short,\nb@x.example,Bo,,$2b$31$NJ6GVDV8pC9/ayZF32kHreYCdV6w10dDtpmJTJKL6/2cV93bw50kq\n',
  );
  assert.deepEqual(
    weak.faults.map(({ line, path }) => [line, path]),
    [
      [2, 'password'],
      [3, 'passwordHash'],
    ],
  );
  const file = `email,name,password\na@x.example,Anna,${passphrase}\n`;
  await importPeople(services, operator, file);
  const anna = await findByLogin(services, 'a@x.example');
  const stored = await services.store.get(credentials, `${anna?.id}:password`);
  assert.match(stored?.kind === 'password' ? stored.hash : '', /^\$argon2id\$/);
  assert.equal(
    (await importPeople(services, operator, file.replace(passphrase, 'another otter brings maps'))).changed,
    0,
  );
  const signIn = { identifier: 'a@x.example', password: passphrase };
  assert.equal((await signInWithPassword(services, visitor(), signIn)).outcome, 'ok');
  assert.equal(anna?.emailVerified, false);
});

test('an import disables people, but never the last owner, and gives nobody rights in the hub', async (t) => {
  const services = await testServices(t);
  const owner = await createPerson(services, operator, { email: 'owner@x.example', name: 'Owner' });
  await assignRole(services, operator, owner.id, { role: 'hub-owner', reason: 'first' });
  await importPeople(services, operator, 'email,name\na@x.example,Anna\n');
  const refused = await importPeople(
    services,
    operator,
    'email,status,roles,role\na@x.example,disabled,hub-owner,hub-owner\nowner@x.example,disabled,,\n',
  );
  assert.deepEqual(
    refused.faults.map(({ line, path }) => [line, path]),
    [[3, 'status']],
  );
  assert.equal((await findByLogin(services, 'a@x.example'))?.status, 'active');
  await importPeople(services, operator, 'email,status,role\na@x.example,disabled,hub-owner\n');
  assert.equal((await findByLogin(services, 'a@x.example'))?.status, 'disabled');
  const [event] = await eventsOf(services, 'person.disabled');
  assert.deepEqual([event?.before, event?.after], [{ status: 'active' }, { status: 'disabled' }]);
  // An empty status says nothing about somebody who is there already.
  await importPeople(services, operator, 'email,status\na@x.example,\n');
  assert.equal((await findByLogin(services, 'a@x.example'))?.status, 'disabled');
});

test('a dry run tells and writes nothing', async (t) => {
  const services = await testServices(t);
  const report = await importPeople(services, operator, company(5).join('\n'), { dryRun: true, emailsVerified: true });
  assert.deepEqual([report.loaded, report.created], [false, 5]);
  assert.equal(await services.store.count(people), 0);
  await importPeople(services, operator, company(5).join('\n'), { emailsVerified: true });
  assert.equal((await findByLogin(services, 'p1'))?.emailVerified, true);
});

test('an API token gives nobody with rights in the hub a password by a file', async (t) => {
  const services = await testServices(t);
  const owner = await createPerson(services, operator, { email: 'owner@x.example', name: 'Owner' });
  await assignRole(services, operator, owner.id, { role: 'hub-owner', reason: 'test' });
  const token = { actor: { kind: 'system', id: 'automation' } } as const;
  const csv = `email,name,password\nowner@x.example,Owner,${passphrase}\n`;
  const report = await importPeople(services, token, csv);
  assert.deepEqual([report.loaded, report.faults.map(({ path }) => path)], [false, ['password']]);
  assert.equal(await services.store.count(credentials), 0);
  assert.equal((await importPeople(services, token, csv.replaceAll('owner@', 'other@'))).loaded, true);
  assert.equal((await importPeople(services, operator, csv)).loaded, true, 'the operator at the machine may');
});

test('an API token moves nobody with rights in the hub to another address by a file', async (t) => {
  const services = await testServices(t);
  const owner = await createPerson(services, operator, {
    email: 'owner@x.example',
    name: 'Owner',
    employeeNumber: '7',
  });
  await assignRole(services, operator, owner.id, { role: 'hub-owner', reason: 'test' });
  const token = { actor: { kind: 'system', id: 'automation' } } as const;
  const report = await importPeople(services, token, 'employeeNumber,email,name\n7,mine@x.example,Owner\n');
  assert.deepEqual([report.loaded, report.faults.map(({ path }) => path)], [false, ['email']]);
});
