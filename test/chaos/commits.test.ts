/**
 * The line is cut at each command of each kind of commit, once before the server has it and once when the server has done it, and
 * once or as often as it is tried again. Whatever is answered is true, and nothing is ever half there.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditDraft } from '#domain/audit/event.ts';
import { systemClock } from '#platform/clock.ts';
import { createSealer } from '#platform/seal.ts';
import type { Stored } from '#storage/collection.ts';
import { authorizationCodes, grants, people, throttles } from '#storage/collections.ts';
import { type MongoEngine, openMongo } from '#storage/mongodb/engine.ts';
import { type Change, type Commit, CommitConflict, type Engine, StoreUnavailable } from '#storage/port.ts';
import { figure, holds } from '#test/support/figure.ts';
import { type Cut, type Cutter, type Passing, startCutter } from '#test/support/mongo/cutter.ts';
import { mongoName, mongoStore } from '#test/support/mongo.ts';
import { event, person } from '../storage/records.ts';

interface Kind {
  readonly name: string;
  /** What has to be there before. */
  readonly before?: (id: string) => Commit;
  readonly commit: (id: string) => Commit;
  /** Is what the commit does done? */
  readonly isDone: (engine: Engine, id: string) => Promise<boolean>;
  /** Is it the first of its process, which has to find itself a lane? */
  readonly first?: true;
}

const code = (id: string): Change => ({ kind: 'insert', collection: authorizationCodes, id, data: { payload: {} } });
const grant = (id: string): Change => ({ kind: 'insert', collection: grants, id, data: { payload: {} } });
const told = (id: string): AuditDraft => event({ detail: { id } });
const spend: Pick<Extract<Change, { kind: 'update' }>, 'kind' | 'collection' | 'where' | 'set'> = {
  kind: 'update',
  collection: authorizationCodes,
  where: { consumed: null },
  set: { consumed: 1 },
};
const isThere = async (engine: Engine, id: string) => (await engine.get(authorizationCodes, id)) !== undefined;
const isSpent = async (engine: Engine, id: string) => (await engine.get(authorizationCodes, id))?.consumed === 1;
const before = (id: string): Commit => ({ changes: [code(id)] });

const kinds: readonly Kind[] = [
  { name: 'one record made', commit: (id) => ({ changes: [code(id)] }), isDone: isThere },
  { name: 'one record spent', before, commit: (id) => ({ changes: [{ ...spend, id }] }), isDone: isSpent },
  {
    name: 'one record counted up',
    before: (id) => ({ changes: [{ kind: 'put', collection: throttles, id, data: { count: 0, since: 1 } }] }),
    commit: (id) => ({ changes: [{ kind: 'update', collection: throttles, id, add: { count: 1 } }] }),
    isDone: async (engine, id) => ((await engine.get(throttles, id)) as Stored<{ count: number }>).count === 1,
  },
  {
    name: 'spent, with what comes of it and its event',
    before,
    commit: (id) => ({ changes: [{ ...spend, id }, grant(id)], events: [told(id)] }),
    isDone: isSpent,
  },
  {
    name: 'removed on a condition, with its event',
    before,
    commit: (id) => ({
      changes: [{ kind: 'remove', collection: authorizationCodes, id, ifVersion: 1 }],
      events: [told(id)],
    }),
    isDone: async (engine, id) => !(await isThere(engine, id)),
  },
  {
    name: 'a person made, with the key that the event is sealed with',
    commit: (id) => ({
      changes: [{ kind: 'insert', collection: people, id: uuid(id), data: person(`p${id}`) }],
      events: [{ ...told(id), subject: { kind: 'person', id: uuid(id) }, personal: { actor: 'Ann' } } as AuditDraft],
    }),
    isDone: async (engine, id) => (await engine.get(people, uuid(id))) !== undefined,
  },
  {
    name: 'the first of a process, which takes a lane',
    first: true,
    commit: (id) => ({ changes: [code(id)], events: [told(id)] }),
    isDone: isThere,
  },
];

let last = 0;
const uuid = (id: string) => `00000000-0000-7000-8000-${id.padStart(12, '0')}`;

/** What goes on behind commits: who lives, what others changed, the line itself. */
function isBehind({ name, collection, document }: Passing): boolean {
  if (['hello', 'isMaster', 'ismaster', 'ping', 'endSessions', 'killSessions'].includes(name)) return true;
  if (collection === 'processes') return true;
  return name === 'find' && collection === 'lanes' && Object.keys(document.filter as object).length === 0;
}

for (const kind of kinds) {
  const title = `the line is cut at each command of a commit: ${kind.name} (${mongoName() ?? 'none here'})`;
  test(title, { timeout: 300_000 }, async (t) => {
    const address = await mongoStore(t);
    if (address === undefined) return;
    const bed = await Bed.open(address);
    t.after(() => bed.close());
    const commands = await bed.commandsOf(kind);
    const tally = { done: 0, refused: 0 };
    for (let at = 0; at < commands.length; at += 1) {
      for (const cut of ['before', 'after'] as const) {
        for (const times of [1, 8]) tally[await bed.cutAt(kind, at, cut, times)] += 1;
      }
    }
    const cases = `cut at ${commands.join(', ')}: ${tally.done} done, ${tally.refused} refused`;
    figure(t, holds(`a commit that was cut (${kind.name}): answered falsely, half there, twice there`, cases));
  });
}

/** A store behind a line that can be cut, and another way to it, by which one sees what is true. */
class Bed {
  readonly #cutter: Cutter;
  readonly #url: string;
  readonly #straight: MongoEngine;
  #cut: MongoEngine;

  private constructor(cutter: Cutter, url: string, straight: MongoEngine, cut: MongoEngine) {
    this.#cutter = cutter;
    this.#url = url;
    this.#straight = straight;
    this.#cut = cut;
  }

  static async open(address: string): Promise<Bed> {
    const url = new URL(address);
    const cutter = await startCutter({ host: url.hostname, port: Number(url.port) });
    const straight = await openAt(address);
    url.port = String(cutter.port);
    url.searchParams.set('directConnection', 'true');
    const bed = new Bed(cutter, url.href, straight, await openAt(url.href));
    // Its lane is found before anything is cut.
    await bed.#again('at the start');
    return bed;
  }

  async close(): Promise<void> {
    this.#cutter.decide = () => 'pass';
    await this.#cut.close();
    await this.#straight.close();
    await this.#cutter.close();
  }

  /** The commands of one commit that nothing befalls. */
  async commandsOf(kind: Kind): Promise<string[]> {
    const commands: string[] = [];
    const id = await this.#prepare(kind);
    this.#cutter.decide = (command) => {
      if (!isBehind(command)) commands.push(`${command.name} ${command.collection}`.trim());
      return 'pass';
    };
    await this.#cut.commit(kind.commit(id));
    this.#cutter.decide = () => 'pass';
    return commands;
  }

  async cutAt(kind: Kind, at: number, how: Cut, times: number): Promise<'done' | 'refused'> {
    const id = await this.#prepare(kind);
    const what = `${kind.name}, cut ${how} command ${at}, ${times} times`;
    let seen = 0;
    this.#cutter.decide = (command) => {
      if (isBehind(command)) return 'pass';
      const here = seen >= at && seen < at + times;
      seen += 1;
      return here ? how : 'pass';
    };
    const fault = await this.#cut.commit(kind.commit(id)).then(
      () => undefined,
      (error: unknown) => error,
    );
    this.#cutter.decide = () => 'pass';
    assert.ok(!(fault instanceof CommitConflict), `${what}: refused for a reason that is not true: ${fault}`);
    assert.ok(fault === undefined || fault instanceof StoreUnavailable, `${what}: ${fault}`);
    // The same hub goes on at once, and what was left open meanwhile is settled when its next commit is done.
    await this.#again(what);
    const isDone = await kind.isDone(this.#straight, id);
    if (fault === undefined) assert.ok(isDone, `${what}: acknowledged and lost`);
    const events = (await Array.fromAsync(this.#straight.audit.export({}))).filter(({ detail }) => detail?.id === id);
    const owed = (kind.commit(id).events ?? []).length;
    assert.equal(events.length, isDone ? owed : 0, `${what}: events of what is ${isDone ? '' : 'not '}done`);
    return fault === undefined ? 'done' : 'refused';
  }

  async #prepare(kind: Kind): Promise<string> {
    if (kind.first) {
      await this.#cut.close();
      this.#cut = await openAt(this.#url);
    }
    last += 1;
    const id = String(last);
    if (kind.before !== undefined) await this.#straight.commit(kind.before(id));
    return id;
  }

  /** A commit succeeds within five seconds. */
  async #again(what: string): Promise<void> {
    const since = performance.now();
    for (;;) {
      last += 1;
      try {
        await this.#cut.commit({ changes: [code(String(last))], events: [event()] });
        return;
      } catch (error) {
        assert.ok(error instanceof StoreUnavailable, `${what}, and then: ${error}`);
        assert.ok(performance.now() - since < 15_000, `${what}: no commit since`);
      }
    }
  }
}

function openAt(url: string): Promise<MongoEngine> {
  return openMongo({ url, clock: systemClock, seal: createSealer('a secret for tests'), node: url });
}
