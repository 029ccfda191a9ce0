import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Services } from '#actions/services.ts';
import { systemByClientId } from '#actions/systems/directory.ts';
import { CommitConflict } from '#storage/port.ts';
import type { UnitOfWork } from '#storage/unit-of-work.ts';
import type { ErrorPages } from './pages.ts';
import { isForPeople, paths } from './paths.ts';
import { recordRefused } from './record/refused.ts';
import { endGrantOf } from './record/reuse.ts';
import { sendJson } from './respond.ts';
import type { LostRace } from './run.ts';

/** What the loser of a race is told, by what it lost. */
const answers: Readonly<Record<string, { status: number; error: string; description: string }>> = {
  code: { status: 400, error: 'invalid_grant', description: 'grant request is invalid' },
  refresh: { status: 400, error: 'invalid_grant', description: 'grant request is invalid' },
  device: { status: 400, error: 'invalid_grant', description: 'grant request is invalid' },
  session: { status: 400, error: 'invalid_grant', description: 'grant request is invalid' },
  grant: { status: 400, error: 'invalid_grant', description: 'grant request is invalid' },
  assertion: { status: 401, error: 'invalid_client', description: 'client authentication failed' },
  dpop: { status: 400, error: 'invalid_dpop_proof', description: 'the DPoP proof was used before' },
  par: {
    status: 400,
    error: 'invalid_request_uri',
    description: 'request_uri is invalid, expired, or was already used',
  },
  interaction: { status: 400, error: 'invalid_request', description: 'this sign-in has ended already' },
};

/** Sessions, grants and links that another tab changed: a request without a body can simply look again. */
export function runsAgain(req: IncomingMessage, conflict: CommitConflict): boolean {
  const { tag } = conflict.change;
  return req.method === 'GET' && (tag === 'session' || tag === 'grant' || tag === 'link' || tag === 'device');
}

/**
 * Answers a request whose commit failed because another had spent the same thing. Nothing it staged holds, but for its own
 * one-time marks; and a code or token presented twice by its own client ends the grant (contract.md).
 */
export async function answerLostRace(
  services: Services,
  pages: ErrorPages,
  race: LostRace,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const settled = await services.store.unit((unit) => settle(services, race, unit));
  const { status, error, description } = settled;
  const path = (req.url ?? '').split('?', 1)[0] ?? '';
  if (isForPeople(path)) {
    const page = await pages.render(req, { status, error, description });
    res.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store', ...page.headers });
    res.end(page.body);
    return;
  }
  const challenge = path === paths.userinfo ? 'DPoP error="invalid_dpop_proof"' : 'Basic error="invalid_client"';
  const isChallenge = status === 401 || path === paths.userinfo;
  sendJson(
    res,
    path === paths.userinfo ? 401 : status,
    { error, error_description: description },
    isChallenge ? { 'WWW-Authenticate': challenge } : {},
  );
}

type Answer = (typeof answers)[string];

async function settle(services: Services, race: LostRace, unit: UnitOfWork): Promise<Answer> {
  const { tag = '' } = race.error.change;
  const answer = answers[tag];
  if (answer === undefined) {
    services.log.error({ err: race.error }, 'a commit failed for a reason that no answer is written for');
    return { status: 503, error: 'temporarily_unavailable', description: 'try again' };
  }
  const { state } = race;
  if (tag !== 'assertion' && tag !== 'dpop') unit.stage({ changes: state.marks });
  if (tag === 'code' || tag === 'refresh') {
    const record = state.records.get(race.error.change.id);
    if (record !== undefined) await endGrantOf(services, state.origin, { kind: tag, record });
  }
  const client = race.ctx.oidc.client;
  const system = client === undefined ? undefined : await systemByClientId(services, client.clientId);
  await recordRefused(services, state.origin, race.ctx, system?.id, answer.error);
  try {
    await unit.commit();
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
    // Its assertion or proof had been used before as well.
    return settle(services, { ...race, error }, unit);
  }
  return answer;
}
