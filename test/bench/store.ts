/**
 * CPU per commit of the embedded store, by what a request writes and how many are under way at once.
 * Run: node_modules/.bin/node test/bench/store.ts [commits per case] [case]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditDraft } from '#domain/audit/event.ts';
import { systemClock } from '#platform/clock.ts';
import { hashedId, randomToken, uuidv7 } from '#platform/ids.ts';
import { createSealer } from '#platform/seal.ts';
import {
  accessTokens,
  authorizationCodes,
  clientCredentials,
  grants,
  refreshTokens,
  sessions,
} from '#storage/collections.ts';
import type { Change, Commit } from '#storage/port.ts';
import { openSqlite, type SqliteEngine } from '#storage/sqlite/engine.ts';

const commits = Number(process.argv[2] ?? 5000);
const only = process.argv[3];
const people = Array.from({ length: 1000 }, () => uuidv7(Date.now()));
const agent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

const minutes = (n: number) => Date.now() + n * 60_000;
const id = () => hashedId(randomToken());
const pick = (n: number) => people[n % people.length] ?? '';

function payload(n: number): Record<string, unknown> {
  return {
    accountId: pick(n),
    clientId: 'crm',
    iat: 1,
    exp: 2,
    jti: id(),
    kind: 'Session',
    scope: 'openid profile roles',
    nonce: randomToken(),
    claims: { id_token: { acr: null } },
    authorizations: { crm: { sid: randomToken(), grantId: id() } },
  };
}

function event(n: number, type: AuditDraft['type'], session: string): AuditDraft {
  return {
    type,
    outcome: 'success',
    actor: { kind: 'person', id: pick(n) },
    system: 'crm',
    session,
    request: randomToken().slice(0, 21),
    detail: { grant: 'authorization_code', scope: 'openid profile roles' },
    personal: { actor: 'Ann Example <ann@hongda.example>', ip: '10.20.30.40', agent },
  };
}

function artifact(collection: Change['collection'], n: number, expiresAt: number): Change {
  const data = { payload: payload(n), account: pick(n), client: 'crm', grant: `g${n}`, session: `s${n}` };
  return { kind: 'insert', collection, id: id(), data, expiresAt };
}

function session(n: number): Change {
  const data = { payload: payload(n), account: pick(n), uid: `u${n}` };
  return { kind: 'put', collection: sessions, id: id(), data, expiresAt: minutes(480) };
}

/** What the hub's commonest requests write. */
const cases: Record<string, (n: number) => Commit> = {
  'sign-in': (n) => ({
    changes: [session(n), artifact(grants, n, minutes(480)), artifact(authorizationCodes, n, minutes(1))],
    events: [event(n, 'signin.succeeded', `s${n}`), event(n, 'session.started', `s${n}`)],
  }),
  redeem: (n) => ({
    changes: [artifact(accessTokens, n, minutes(5)), artifact(refreshTokens, n, minutes(480))],
    events: [event(n, 'entry.granted', `s${n}`), event(n, 'token.issued', `s${n}`)],
  }),
  'client credentials': (n) => ({
    changes: [artifact(clientCredentials, n, minutes(5))],
    events: [{ ...event(n, 'token.issued', `s${n}`), actor: { kind: 'system', id: 'crm' } }],
  }),
  'live only': (n) => ({ changes: [artifact(accessTokens, n, minutes(5))] }),
  'events only': (n) => ({ changes: [], events: [event(n, 'entry.granted', `s${n}`)] }),
};

/** Milliseconds of CPU per commit, work in the background included. */
async function run(engine: SqliteEngine, make: (n: number) => Commit, from: number, count: number, lanes: number) {
  const prepared = Array.from({ length: count }, (_, at) => make(from + at));
  let next = 0;
  const lane = async () => {
    for (let commit = prepared[next++]; commit !== undefined; commit = prepared[next++]) await engine.commit(commit);
  };
  const wall = performance.now();
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: lanes }, lane));
  const { user, system } = process.cpuUsage(before);
  const committed = performance.now() - wall;
  await engine.tidy();
  const whole = process.cpuUsage(before);
  return {
    commit: (user + system) / 1000 / count,
    background: (whole.user + whole.system - user - system) / 1000 / count,
    perSecond: (count / committed) * 1000,
  };
}

for (const [name, make] of Object.entries(cases)) {
  if (only !== undefined && only !== name) continue;
  for (const lanes of [1, 7, 16]) {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
    const file = join(folder, 'hub.db');
    const engine = await openSqlite({ file, clock: systemClock, seal: createSealer('bench') });
    const warm = Math.min(2000, commits);
    await run(engine, make, 0, warm, lanes);
    const { commit, background, perSecond } = await run(engine, make, warm, commits, lanes);
    await engine.close();
    const size = statSync(file).size / (commits + warm);
    rmSync(folder, { recursive: true });
    const figures = `${commit.toFixed(3)} ms CPU + ${background.toFixed(3)} behind, ${perSecond.toFixed(0)}/s`;
    process.stdout.write(
      `${name.padEnd(18)} ${String(lanes).padStart(2)} at once: ${figures}, ${size.toFixed(0)} B on disk\n`,
    );
  }
}
