/** What one sign-in costs the store: calls of the engine on both, commands on the wire on MongoDB. Few is the aim; more is a fault. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import mongoose from 'mongoose';
import type { Collection } from '#storage/collection.ts';
import type { Commit } from '#storage/port.ts';
import { type Company, company, type SignedIn, signIn } from '#test/faults/company.ts';
import { asCrm, enter, redeem } from '#test/oidc/fixture.ts';
import { mongoName, mongoStore } from '#test/support/mongo.ts';

/** From the authorize request to the tokens, the password and the pages between. */
const signInBounds = { reads: 26, commits: 6, commands: 44 };
/** The same person into a system, with the session there is: authorize and token. */
const entryBounds = { reads: 14, commits: 2, commands: 20 };

/** Milliseconds: a try that is given back comes a moment after the sign-in, unless somebody else's takes it along. */
const settled = 300;

type Calls = { reads: number; commits: number };

/** What goes on by the clock and is no sign-in's: who lives, what others changed, whose turn it is, what waits. */
const behind: ReadonlySet<unknown> = new Set(['lanes', 'processes', 'leases', 'outbox', 'keys', 'reviews']);

/** What has run out by now is asked for at each beat of the clock. */
function asksByTime(about: unknown): boolean {
  return /"(from|below)":\d/.test(JSON.stringify(about) ?? '');
}

function isBehind({ changes, events = [] }: Commit): boolean {
  if (changes.length === 0) return events.every(({ type }) => type === 'audit.checkpointed');
  return changes.every(({ collection }) => behind.has(collection.name));
}

/** Counts what the hub asks of its engine from now on. */
function countCalls(t: TestContext, { services }: Company): Calls {
  const calls = { reads: 0, commits: 0 };
  const { engine } = services.store;
  for (const name of ['get', 'find', 'count'] as const) {
    const inner = engine[name] as (collection: Collection, about: never) => unknown;
    t.mock.method(engine, name, (collection: Collection, about: never) => {
      if (!behind.has(collection.name) && !asksByTime(about)) calls.reads += 1;
      return inner(collection, about);
    });
  }
  const { commit } = engine;
  t.mock.method(engine, 'commit', (given: Commit) => {
    if (!isBehind(given)) calls.commits += 1;
    return commit(given);
  });
  return calls;
}

/** Commands on the hub's connection. */
function countCommands(): { of(): string[]; clear(): void } {
  let seen: string[] = [];
  for (const connection of mongoose.connections) {
    if (connection.readyState !== mongoose.ConnectionStates.connected) continue;
    connection.getClient().on('commandStarted', ({ commandName, command }) => {
      if (!behind.has(command[commandName])) seen.push(`${commandName} ${command[commandName]}`);
    });
  }
  return {
    of: () => seen,
    clear: () => {
      seen = [];
    },
  };
}

/** A company whose caches are warm, as those of a hub at work are. */
async function atWork(t: TestContext, store?: string): Promise<{ hub: Company; last: SignedIn }> {
  const hub = await company(t, store === undefined ? {} : { store });
  await signIn(hub);
  const last = await signIn(hub);
  await sleep(settled);
  return { hub, last };
}

const enterAgain = async (hub: Company, { browser }: SignedIn) => {
  const crm = await asCrm(hub);
  await redeem(crm, await enter(crm, { browser }));
};

function within(found: Calls, bounds: Calls, what: string): void {
  assert.ok(found.reads <= bounds.reads, `${what}: ${found.reads} reads, at most ${bounds.reads}`);
  assert.ok(found.commits <= bounds.commits, `${what}: ${found.commits} commits, at most ${bounds.commits}`);
}

for (const engine of ['the embedded store', `MongoDB (${mongoName() ?? 'none here'})`]) {
  test(`what a sign-in asks of ${engine}`, { timeout: 120_000 }, async (t) => {
    const isMongo = engine !== 'the embedded store';
    const address = isMongo ? await mongoStore(t) : undefined;
    if (isMongo && address === undefined) return;
    const { hub, last } = await atWork(t, address === undefined ? undefined : `${address}?monitorCommands=true`);
    const commands = countCommands();
    const calls = countCalls(t, hub);
    await signIn(hub);
    await sleep(settled);
    const first = { ...calls, commands: commands.of() };
    Object.assign(calls, { reads: 0, commits: 0 });
    commands.clear();
    await enterAgain(hub, last);
    const second = { ...calls, commands: commands.of() };
    for (const [what, found, bounds] of [
      ['sign-in', first, signInBounds],
      ['entry', second, entryBounds],
    ] as const) {
      t.diagnostic(`${what}: ${found.reads} reads, ${found.commits} commits, ${found.commands.length} commands`);
      within(found, bounds, what);
      assert.ok(found.commits > 0, 'something was counted');
      if (!isMongo) continue;
      assert.ok(found.commands.length <= bounds.commands, `${what}: ${found.commands.join(', ')}`);
      const writes = found.commands.filter((command) => !command.startsWith('find '));
      // A transaction is two commands, a single write is one; a message about a new browser is taken up and done beside it.
      assert.ok(writes.length <= 2 * (found.commits + 3), `${what}: ${writes.join(', ')}`);
    }
  });
}
