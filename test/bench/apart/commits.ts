/** What the hub's commonest requests write, as commits of made-up records. */
import type { AuditDraft } from '#domain/audit/event.ts';
import { hashedId, randomToken, uuidv7 } from '#platform/ids.ts';
import {
  accessTokens,
  authorizationCodes,
  clientCredentials,
  grants,
  refreshTokens,
  sessions,
} from '#storage/collections.ts';
import type { Change, Commit } from '#storage/port.ts';

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

/** Kinds of commit; `n` tells one from the next. */
export const kindsOfCommit: Record<string, (n: number) => Commit> = {
  'sign-in': (n) => ({
    changes: [session(n), artifact(grants, n, minutes(480)), artifact(authorizationCodes, n, minutes(1))],
    events: [event(n, 'signin.succeeded', `s${n}`), event(n, 'session.started', `s${n}`)],
  }),
  token: (n) => ({
    changes: [artifact(accessTokens, n, minutes(5)), artifact(refreshTokens, n, minutes(480))],
    events: [event(n, 'entry.granted', `s${n}`), event(n, 'token.issued', `s${n}`)],
  }),
  'client credentials': (n) => ({
    changes: [artifact(clientCredentials, n, minutes(5))],
    events: [{ ...event(n, 'token.issued', `s${n}`), actor: { kind: 'system', id: 'crm' } }],
  }),
  'one record': (n) => ({ changes: [artifact(accessTokens, n, minutes(5))] }),
  'events only': (n) => ({ changes: [], events: [event(n, 'entry.granted', `s${n}`)] }),
};
