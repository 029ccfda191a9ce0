import type { RequestHandler } from 'express';
import { mayStillEnrol } from '#actions/factors/grace.ts';
import { recoveryCodesLeft } from '#actions/factors/recovery-codes.ts';
import { rememberedOf } from '#actions/factors/remembered.ts';
import { factorsOf } from '#actions/factors/remove.ts';
import { hasAnyRight } from '#domain/hub-rights.ts';
import { context } from '#http/context.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import { browserName } from '../browser.ts';
import { continueOf } from './continue.ts';
import { linksOf } from './source.ts';

/** What do I sign in with, and what stands in for it when it is lost? */
export const methodsPage: RequestHandler = async (req, res) => {
  const { deps, texts } = context(res);
  const { person } = viewer(res);
  const [factors, codesLeft, devices, links] = await Promise.all([
    factorsOf(deps.services, person.id),
    recoveryCodesLeft(deps.services, person.id),
    rememberedOf(deps.services, person.id),
    linksOf(deps.services, person.id),
  ]);
  render(res, 'account/methods', {
    app: factors.find(({ kind }) => kind === 'totp'),
    passkeys: factors.filter(({ kind }) => kind === 'passkey'),
    codesLeft,
    devices: devices.map((device) => ({ ...device, browser: browserName(texts, device.agent) })),
    ...links,
    on: continueOf(req),
    mayEnrol: await mayEnrolAlone(deps.services, viewer(res), factors.length),
  });
};

/**
 * Whoever has no factor and let the time for it pass has to be vouched for (the help desk resets it). Admins of the hub are
 * led here without end, since nobody else may open the console for them.
 */
export async function mayEnrolAlone(
  services: Parameters<typeof mayStillEnrol>[0],
  { person, rights }: Pick<ReturnType<typeof viewer>, 'person' | 'rights'>,
  factors: number,
): Promise<boolean> {
  return factors > 0 || hasAnyRight(rights) || (await mayStillEnrol(services, person.id));
}
