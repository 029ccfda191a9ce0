/** `hub requests …`: listing, making, deciding, taking back; nobody decides what they made. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { effectiveAccess } from '#actions/access/effective.ts';
import { createPerson } from '#actions/people/create.ts';
import { applyPolicy } from '#actions/policy/apply.ts';
import { askForRole } from '#actions/requests/ask.ts';
import { changeRequest } from '#actions/requests/change.ts';
import { printer } from '#src/cli/output.ts';
import { requestsCommands } from '#src/cli/requests.ts';
import { operator } from '#test/actions/people/support.ts';
import { testServices } from '#test/support/services.ts';

const policy = `
version: 1
domains: { customer: { title: Customers, sides: [crm], actions: [read] } }
roles: { reader: { title: Reader, grants: { crm: ['customer:read'] } } }
`;

async function commandLine(t: { after(end: () => void | Promise<void>): void }) {
  const services = await testServices(t);
  await applyPolicy(services, operator, policy, 'test');
  const anna = await createPerson(services, operator, { email: 'anna@x.example', name: 'Anna' });
  const run = async (...words: string[]) => {
    let out = '';
    const io = {
      ...printer({ out: (text) => (out += text), err: () => '' }),
      refused: () => {},
      openHub: async () => ({ services, close: async () => {} }),
      knownSystems: async () => [],
      knownPeople: async () => [],
      now: () => services.clock.now(),
    };
    const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
    requestsCommands(program, io);
    for (const leaf of program.commands.flatMap((group) => group.commands)) leaf.option('--json').exitOverride();
    await program.parseAsync(['requests', ...words], { from: 'user' });
    return out;
  };
  return { services, run, anna };
}

test('what somebody asked for is listed and approved, and holds', async (t) => {
  const { services, run, anna } = await commandLine(t);
  assert.match(await run('list'), /No request is open/);
  const own = { actor: { kind: 'person', id: anna.id } } as const;
  const one = await askForRole(services, own, { person: anna.id, role: 'reader', reason: 'the fair' });
  assert.match(await run('list'), /open {2}anna@x\.example {2}reader {2}the fair/);
  const [listed] = JSON.parse(await run('list', '--json')).requests;
  await changeRequest(services, own, one.id, { reason: 'another fair' }, one.version);
  const seen = run('approve', one.id, '--reason', 'ok', '--digest', listed.digest);
  await assert.rejects(seen, { code: 'stale' }, 'it changed since it was seen');
  const done = JSON.parse(await run('approve', one.id, '--reason', 'ok', '--json'));
  assert.deepEqual([done.state, done.decidedBy, done.decision], ['approved', 'operator', 'ok']);
  assert.deepEqual((await effectiveAccess(services, anna.id)).roles, ['reader']);
  assert.match(await run('list', '--state', 'approved'), /approved/);
  await assert.rejects(run('reject', one.id, '--reason', 'no'), { code: 'conflict' });
});

test('what was made here is taken back or decided by somebody else', async (t) => {
  const { run } = await commandLine(t);
  const made = JSON.parse(
    await run('make', 'anna@x.example', 'reader', '--reason', 'fair', '--until', '2999-01-01', '--json'),
  );
  assert.deepEqual([made.state, made.by, made.until], ['open', 'operator', '2999-01-01T00:00:00.000Z']);
  await assert.rejects(run('approve', made.id, '--reason', 'my own'), { code: 'forbidden' });
  assert.match(await run('withdraw', made.id), /withdrawn/);
  await assert.rejects(run('reject', 'nothing', '--reason', 'x'), { code: 'not-found' });
  await assert.rejects(run('make', 'anna@x.example', 'nothing', '--reason', 'x'), { code: 'invalid' });
  await assert.rejects(run('list', '--state', 'odd'));
});
