/** What has to be true of a load, whatever befell the hub or its store meanwhile. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEvent } from '#domain/audit/event.ts';
import { createLog } from '#platform/log.ts';
import { loadSettings } from '#settings/load.ts';
import { openEngine, openSealer, surroundings } from '#src/services.ts';
import type { Collection, Stored } from '#storage/collection.ts';
import { accessTokens, refreshTokens, sessions } from '#storage/collections.ts';
import type { Engine } from '#storage/port.ts';
import type { Place } from '#test/support/hub-process.ts';
import { redemption, type Trace, tokenRequest } from './load.ts';

const atOnce = 8;

/** What was answered before the fault is spent after it; what was under way can still be had once at most. */
export async function assertSpentOnce(issuer: string, traces: readonly Trace[]): Promise<void> {
  const left = traces.values();
  const check = async (): Promise<void> => {
    for (const trace of left) await assertOneSpentOnce(issuer, trace);
  };
  await Promise.all(Array.from({ length: atOnce }, check));
}

async function assertOneSpentOnce(issuer: string, trace: Trace): Promise<void> {
  const { code, refreshToken, successor } = trace;
  const twice = async (form: Record<string, string>): Promise<number> => {
    const tries = [await tokenRequest(issuer, form), await tokenRequest(issuer, form)];
    return tries.filter(({ status }) => status === 200).length;
  };
  if (refreshToken !== undefined && successor === undefined) {
    const won = await twice({ grant_type: 'refresh_token', refresh_token: refreshToken });
    assert.ok(won <= 1, 'a refresh token served twice');
  }
  if (successor !== undefined) {
    const old = await tokenRequest(issuer, { grant_type: 'refresh_token', refresh_token: refreshToken ?? '' });
    assert.equal(old.status, 400, 'a refresh token served again after it was replaced');
  }
  if (code === undefined) return;
  const answered = (await twice(redemption(trace))) + (refreshToken === undefined ? 0 : 1);
  assert.ok(answered <= 1, 'a code served twice');
}

/**
 * Every act that was acknowledged has its event, every act that the store holds has its event, and the record verifies.
 * Stops the hub, to look into its store.
 *
 * @returns how many events there are
 */
export async function assertRecorded(
  at: Place,
  traces: readonly Trace[],
  stop: () => Promise<number | null>,
): Promise<number> {
  const exported = await at.hub('audit', 'export', '--format', 'ndjson');
  assert.equal(exported.code, 0, exported.err);
  const file = join(at.folder, 'export.ndjson');
  writeFileSync(file, exported.out);
  const verified = await at.hub('audit', 'verify', file);
  assert.equal(verified.code, 0, verified.out + verified.err);
  const events = exported.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditEvent);
  assertAcknowledged(events, traces);
  assert.equal(await stop(), 0, 'the hub stops cleanly');
  await withStore(at, (engine) => assertHeld(events, engine));
  return events.length;
}

/** As many events of each type about each person as acts of theirs were answered. */
function assertAcknowledged(events: readonly AuditEvent[], traces: readonly Trace[]): void {
  const people = new Map<string, string>();
  for (const { type, subject, personal } of events) {
    const email = personal?.after?.email;
    if (type === 'person.created' && typeof email === 'string' && subject !== undefined) people.set(email, subject.id);
  }
  const owed = new Tally();
  for (const { email, signedIn, code, refreshToken, successor } of traces) {
    const id = people.get(email) ?? email;
    if (signedIn) owed.count(id, 'signin.succeeded');
    // The session begins with the request after the form's, whose answer carries the code.
    if (code !== undefined) owed.count(id, 'session.started');
    if (refreshToken !== undefined) for (const type of ['entry.granted', 'token.issued']) owed.count(id, type);
    if (successor !== undefined) owed.count(id, 'token.refreshed');
  }
  const had = tallyOf(events);
  for (const [what, count] of owed.counts) {
    assert.ok(had.of(what) >= count, `${what} was answered ${count} times and recorded ${had.of(what)} times`);
  }
}

/** Nothing lives in the store that the record does not tell of. */
async function assertHeld(events: readonly AuditEvent[], engine: Engine): Promise<void> {
  const started = new Set(events.filter(({ type }) => type === 'session.started').map(({ session }) => session));
  for (const { uid } of await allOf(engine, sessions)) {
    assert.ok(started.has(uid), `session ${uid} was begun without a record`);
  }
  const had = tallyOf(events);
  for (const collection of [accessTokens, refreshTokens]) {
    const held = new Tally();
    for (const { account } of await allOf(engine, collection)) held.count(account ?? '', 'tokens');
    for (const [what, count] of held.counts) {
      const [account] = what.split(' ');
      const issued = had.of(`${account} token.issued`) + had.of(`${account} token.refreshed`);
      assert.ok(issued >= count, `${count} ${collection.name} of ${account}, ${issued} of them recorded`);
    }
  }
}

class Tally {
  readonly counts = new Map<string, number>();

  count(id: string, type: string): void {
    const key = `${id} ${type}`;
    this.counts.set(key, this.of(key) + 1);
  }

  of(key: string): number {
    return this.counts.get(key) ?? 0;
  }
}

function tallyOf(events: readonly AuditEvent[]): Tally {
  const tally = new Tally();
  for (const { type, actor, subject } of events) {
    for (const id of new Set([actor.id, subject?.id])) if (id !== undefined) tally.count(id, type);
  }
  return tally;
}

async function allOf<T extends object>(engine: Engine, collection: Collection<T>): Promise<Stored<T>[]> {
  const all: Stored<T>[] = [];
  let page = await engine.find(collection, { limit: 1000 });
  all.push(...page.items);
  while (page.next !== null) {
    page = await engine.find(collection, { limit: 1000, cursor: page.next });
    all.push(...page.items);
  }
  return all;
}

async function withStore(at: Place, look: (engine: Engine) => Promise<void>): Promise<void> {
  const settings = loadSettings({ env: at.env, cwd: at.folder });
  const engine = await openEngine(
    settings,
    openSealer(settings),
    surroundings({ log: createLog({ level: 'silent' }) }),
  );
  try {
    await look(engine);
  } finally {
    await engine.close();
  }
}
