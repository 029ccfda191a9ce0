import type { Request, Response } from 'express';
import { recoveryCodesLeft, renewRecoveryCodes } from '#actions/factors/recovery-codes.ts';
import { factorsOf } from '#actions/factors/remove.ts';
import { lostFactorTurn } from '#actions/factors/turn.ts';
import { HubError } from '#domain/errors.ts';
import { context } from '#http/context.ts';
import { flash } from '#http/middleware/flash.ts';
import { originOf } from '#http/middleware/origin.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import type { Commit } from '#storage/port.ts';
import { continueOf, withContinue } from './continue.ts';
import { mayEnrolAlone } from './methods.ts';

/** @throws HubError `forbidden` for whom somebody else has to vouch first */
export async function requireMayEnrol(res: Response): Promise<void> {
  const { services } = context(res).deps;
  const looker = viewer(res);
  const { length } = await factorsOf(services, looker.person.id);
  if (!(await mayEnrolAlone(services, looker, length))) throw new HubError('forbidden');
}

/**
 * A factor was proved while it was added: one commit keeps it, makes the session stronger and, with the first factor, makes
 * the recovery codes, which the answer shows this once.
 * @param amr what was proved (RFC 8176)
 */
export async function enrolled(req: Request, res: Response, factor: Commit, amr: readonly string[]): Promise<void> {
  const { services, oidc } = context(res).deps;
  const { person } = viewer(res);
  const on = continueOf(req);
  const codes = await services.store.unit(async (unit) => {
    const before = await recoveryCodesLeft(services, person.id);
    await services.store.write(factor);
    await oidc.raiseSession(req, res, amr);
    const made = before > 0 ? undefined : await renewRecoveryCodes(services, originOf(req, res), person);
    if (made !== undefined) await services.store.write(made.commit);
    await unit.commit().catch(lostFactorTurn);
    return made?.codes;
  });
  if (codes !== undefined) return render(res, 'account/recovery-codes', { codes, on, added: true });
  flash(res, { tone: 'good', key: 'methods.added' });
  res.redirect(303, withContinue('/account/methods', on));
}
