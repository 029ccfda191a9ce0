import type { Express, RequestHandler } from 'express';
import { refuseGlassCode, useGlassCode } from '#actions/break-glass/use.ts';
import { spentTag } from '#actions/factors/totp.ts';
import { codeBuckets } from '#actions/signin/buckets.ts';
import { recordLocked } from '#actions/signin/locked.ts';
import { giveBack, takeTry } from '#actions/signin/tries.ts';
import { glassMethod } from '#domain/assurance.ts';
import { HubError } from '#domain/errors.ts';
import { context } from '#http/context.ts';
import { cookie, cookieName } from '#http/middleware/cookies.ts';
import { csrf } from '#http/middleware/csrf.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { CommitConflict } from '#storage/port.ts';
import { throttledLine } from './sign-in/password.ts';

/** The door for the code from the envelope; nothing leads here, its address is printed with the codes. */
export function breakGlassPages(app: Express): void {
  app.get('/break-glass', enabled, csrf, (_req, res) => render(res, 'pages/break-glass'));
  app.post('/break-glass', enabled, csrf, open);
}

const enabled: RequestHandler = (_req, res, next) => {
  next(context(res).deps.services.settings.breakGlass.enabled ? undefined : new HubError('not-found'));
};

const open: RequestHandler = async (req, res) => {
  const { services, oidc } = context(res).deps;
  const origin = originOf(req, res);
  const browser = cookie(req, cookieName(res, 'csrf')) ?? '';
  const buckets = codeBuckets(services, 'glass', { ip: origin.ip, browser });
  const taken = await takeTry(services, buckets);
  if (!taken.taken) {
    await recordLocked(services, origin, { bucket: taken.bucket, door: 'break-glass' });
    Object.assign(context(res), { flash: throttledLine(res, taken.retryAfter) });
    return render(res, 'pages/break-glass', {}, 429);
  }
  const refused = () => {
    flash(res, undefined, { faults: { code: { key: 'glass.wrong' } } });
    res.redirect(303, '/break-glass');
  };
  try {
    await services.store.unit(async (unit) => {
      const person = await useGlassCode(services, origin, field(req, 'code'));
      if (person === undefined) return refused();
      const lastsMs = services.settings.breakGlass.session;
      await oidc.beginSession(req, res, person, { amr: ['otp', glassMethod], lastsMs });
      await unit.commit();
      await giveBack(services, buckets);
      res.redirect(303, '/admin');
    });
  } catch (error) {
    if (!(error instanceof CommitConflict) || error.change.tag !== spentTag) throw error;
    res.removeHeader('Set-Cookie');
    await refuseGlassCode(services, origin, 'code-used');
    refused();
  }
};
