import type { RequestHandler, Response } from 'express';
import { endSession, endSessions } from '#actions/sessions/end.ts';
import { listSessions } from '#actions/sessions/list.ts';
import { context } from '#http/context.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { originOf } from '#http/middleware/origin.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { browserName } from './browser.ts';

const path = '/account/sessions';

/** Where am I signed in, and what is open there? */
export const sessionsPage: RequestHandler = async (_req, res) => {
  const { deps, texts } = context(res);
  const { person, session: current } = viewer(res);
  const names = await systemNames(deps.services);
  const found = await listSessions(deps.services, person.id);
  const sessions = found.map((session) => ({
    ...session,
    current: session.id === current,
    browser: browserName(texts, session.agent),
    address: session.ip === undefined ? undefined : texts.t('activity.from', { address: session.ip }),
    systems: session.systems.map(names.of),
  }));
  // The browser in hand first.
  render(res, 'account/sessions', { sessions: sessions.toSorted((a, b) => Number(b.current) - Number(a.current)) });
};

/** Ends one of one's own sessions; somebody else's is not found. */
export const endOne: RequestHandler = async (req, res) => {
  const { services } = context(res).deps;
  await endSession(services, originOf(req, res), viewer(res).person.id, field(req, 'session'), 'signed-out');
  said(res, 1);
};

export const endOthers: RequestHandler = async (req, res) => {
  const { services } = context(res).deps;
  const { person, session } = viewer(res);
  const except = { except: session };
  said(res, await endSessions(services, originOf(req, res), person.id, 'signed-out', except));
};

function said(res: Response, count: number): void {
  if (count === 0) flash(res, { tone: 'warn', key: 'sessions.endedNone' });
  else flash(res, { tone: 'good', key: 'sessions.ended', values: { count } });
  res.redirect(303, path);
}
