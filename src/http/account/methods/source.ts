import type { Request, RequestHandler, Response } from 'express';
import type { Services } from '#actions/services.ts';
import { getSource, listSources } from '#actions/sources/directory.ts';
import { findIdentity, identitiesOf } from '#actions/sources/identities.ts';
import { linkIdentity } from '#actions/sources/meet.ts';
import { refuseSource } from '#actions/sources/sign-in.ts';
import { toldOf } from '#actions/sources/told.ts';
import { unlinkIdentity } from '#actions/sources/unlink.ts';
import { HubError } from '#domain/errors.ts';
import { isOpenId } from '#domain/sources/source.ts';
import { context } from '#http/context.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { freshOrAgain } from '#http/middleware/fresh.ts';
import { originOf } from '#http/middleware/origin.ts';
import { allowRedirectTo } from '#http/middleware/security-headers.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { leaveFor, takeAnswer } from '#http/pages/sign-in/source.ts';
import { render } from '#http/render/page.ts';
import { CommitConflict } from '#storage/port.ts';
import { directoryLinkPage, linkDirectory } from './directory.ts';

const path = '/account/methods';

/** The identities linked to somebody, and the sources that could be. */
export async function linksOf(services: Services, person: string) {
  const [linked, all] = await Promise.all([identitiesOf(services, person), listSources(services)]);
  const titles = new Map(all.map(({ id, title }) => [id, title]));
  return {
    linked: linked.map((one) => {
      const { email, name } = toldOf(services, one)?.values ?? {};
      const known = [email, name].find((value) => typeof value === 'string');
      return {
        id: one.id,
        title: titles.get(one.source) ?? one.source,
        known,
        createdAt: one.createdAt,
        usedAt: one.usedAt,
      };
    }),
    linkable: all
      .filter((one) => one.enabled && !linked.some(({ source }) => source === one.id))
      .map(({ id, title }) => ({ id, title })),
  };
}

/** Says what linking does, and asks. Who comes here has proved that the account is theirs, just now. */
export const linkPage: RequestHandler<{ source: string }> = async (req, res) => {
  const { services } = context(res).deps;
  const source = await getSource(services, req.params.source);
  if (!source.enabled) throw new HubError('not-found');
  if (!(await freshOrAgain(res, `${path}/link/${encodeURIComponent(source.id)}`))) return;
  if (!isOpenId(source)) return directoryLinkPage(res, source);
  allowRedirectTo(res, source.issuer);
  render(res, 'account/link', { source: { id: source.id, title: source.title } });
};

/** Leaves for the source, to prove the other side of the link. */
export const link: RequestHandler<{ source: string }> = async (req, res) => {
  const { services } = context(res).deps;
  const source = await getSource(services, req.params.source);
  if (!source.enabled) throw new HubError('not-found');
  if (!(await freshOrAgain(res, `${path}/link/${encodeURIComponent(source.id)}`))) return;
  if (!isOpenId(source)) return linkDirectory(req as unknown as Request, res, source);
  const about = { person: viewer(res).person.id, fresh: false };
  await leaveFor(req as unknown as Request, res, source, about, path);
};

/** Both sides are proved in this browser: links them. */
export const linked: RequestHandler = async (req, res) => {
  const { services } = context(res).deps;
  const { person } = viewer(res);
  if (!(await freshOrAgain(res, path))) return;
  const met = await takeAnswer(req, res, path, (visit) => visit.person === person.id);
  if (met === undefined) return;
  const { source, proof } = met;
  const origin = originOf(req, res);
  const taken = async (): Promise<void> => {
    const owner = await findIdentity(services, proof.proved);
    await refuseSource(services, origin, { source: source.id, cause: 'linked-to-another', person });
    back(res, 'bad', owner?.person === person.id ? 'source.already' : 'source.taken', source.title);
  };
  if ((await findIdentity(services, proof.proved)) !== undefined) return taken();
  try {
    await linkIdentity(services, origin, person, proof.proved);
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
    return taken();
  }
  back(res, 'good', 'source.linked', source.title);
};

export const unlink: RequestHandler = async (req, res) => {
  if (!(await freshOrAgain(res, path))) return;
  const { services } = context(res).deps;
  try {
    await unlinkIdentity(services, originOf(req, res), viewer(res).person, field(req, 'id'));
    flash(res, { tone: 'good', key: 'source.unlinkedDone' });
  } catch (error) {
    if (!(error instanceof HubError) || (error.code !== 'conflict' && error.code !== 'stale')) throw error;
    flash(res, { tone: 'bad', key: 'source.lastWay' });
  }
  res.redirect(303, path);
};

function back(res: Response, tone: 'good' | 'bad', key: string, source: string): void {
  flash(res, { tone, key, values: { source } });
  res.redirect(303, path);
}
