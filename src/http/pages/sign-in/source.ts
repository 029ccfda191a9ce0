import type { Request, RequestHandler, Response } from 'express';
import type { Services } from '#actions/services.ts';
import { rememberDevice } from '#actions/signin/device.ts';
import { listSources, sourceForAddress } from '#actions/sources/directory.ts';
import { refuseSource, signInFromSource } from '#actions/sources/sign-in.ts';
import { beginVisit, findVisit, spendVisit, type Visit } from '#actions/sources/visits.ts';
import { HubError } from '#domain/errors.ts';
import { isOpenId, mappingAtFirst } from '#domain/sources/source.ts';
import { leadingTo } from '#federation/openid/begin.ts';
import { type OpenIdProof, proveOpenId } from '#federation/openid/finish.ts';
import { type OpenIdRecord, SourceFault } from '#federation/openid/provider.ts';
import { sealHint } from '#federation/openid/sign-out.ts';
import { context } from '#http/context.ts';
import { cookie, cookieName, setCookie } from '#http/middleware/cookies.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { randomToken } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { type Source, sources } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { openInteraction } from '../interaction.ts';

const day = 86_400;
const year = 31_536_000;

/** What the sign-in page offers beside the password. */
export async function sourcesOffered(services: Services) {
  const enabled = (await listSources(services)).filter((source) => source.enabled);
  const openId = enabled.filter((source) => isOpenId(source));
  return {
    sources: openId.map(({ id, title }) => ({ id, title })),
    /** Some address would lead somewhere. */
    homes: openId.some(({ domains }) => domains.length > 0),
    /** Where their forms may lead. */
    places: openId.map(({ issuer }) => issuer),
  };
}

/** `POST /sign-in/:uid/source/:source`: leaves for a source. */
export const leave: RequestHandler<{ uid: string; source: string }> = async (req, res) => {
  const { uid, fresh } = await openInteraction(req as unknown as Request, res, 'sign-in');
  const source = await openIdSource(context(res).deps.services, req.params.source);
  if (source === undefined) throw new HubError('not-found');
  const hint = field(req as unknown as Request, 'identifier');
  await leaveFor(req as unknown as Request, res, source, { interaction: uid, fresh }, `/sign-in/${uid}`, hint);
};

/**
 * Home-realm discovery: leads the owner of an address to the source of its mail domain. Only the domain is looked at, so the answer
 * tells nothing of anybody. @returns false when no source is meant for it
 */
export async function leadHome(req: Request, res: Response, identifier: string): Promise<boolean> {
  const { uid, fresh } = await openInteraction(req, res, 'sign-in');
  const source = await sourceForAddress(context(res).deps.services, identifier);
  if (source === undefined) return false;
  if (isOpenId(source)) {
    await leaveFor(req, res, source, { interaction: uid, fresh }, `/sign-in/${uid}`, identifier.trim());
    return true;
  }
  flash(
    res,
    { tone: 'warn', key: 'source.typePassword', values: { source: source.title } },
    { filled: { identifier } },
  );
  res.redirect(303, `/sign-in/${uid}`);
  return true;
}

/** Sends the browser to a source; where that cannot be asked, back to `back` with a line that says so. */
export async function leaveFor(
  req: Request,
  res: Response,
  source: OpenIdRecord,
  about: Pick<Visit, 'interaction' | 'person' | 'fresh'>,
  back: string,
  loginHint?: string,
): Promise<void> {
  const { services } = context(res).deps;
  const given = cookie(req, cookieName(res, 'visit'));
  const browser = given !== undefined && /^[\w-]{43}$/.test(given) ? given : randomToken();
  setCookie(res, 'visit', browser, day);
  try {
    const { state, visit } = await beginVisit(services, browser, source.id, about);
    res.redirect(303, await leadingTo(services, source, { state, visit, loginHint }));
  } catch (error) {
    if (!(error instanceof SourceFault)) throw error;
    services.log.warn({ source: source.id, err: error }, 'a source cannot be asked');
    await refuseSource(services, originOf(req, res), { source: source.id, cause: error.reason });
    flash(res, { tone: 'bad', key: 'source.unreachable', values: { source: source.title } });
    res.redirect(303, back);
  }
}

/**
 * `GET /sign-in/from/:source`: where a source sends browsers back to. Only finds out whose visit it was and passes the answer on to the
 * page it belongs to, where the browser shows the cookie of that page; what it brings is looked at there.
 */
export const comeBack: RequestHandler<{ source: string }> = async (req, res) => {
  const { services } = context(res).deps;
  const answer = answerOf(req as unknown as Request);
  const browser = cookie(req, cookieName(res, 'visit'));
  const visit = await findVisit(services, browser, answer.get('state') ?? '');
  if (visit === undefined || visit.source !== req.params.source) {
    await refuseUnknown(req as unknown as Request, res, req.params.source, visit);
    return;
  }
  res.redirect(
    303,
    `${visit.interaction === undefined ? '/account/methods/from' : `/sign-in/${visit.interaction}/from`}?${answer}`,
  );
};

/** An answer that nobody here waits for, or that came to another source's address: a mix-up, a replay, or a stranger's. */
async function refuseUnknown(req: Request, res: Response, id: string, visit: Visit | undefined): Promise<void> {
  const { services } = context(res).deps;
  const source = await services.store.get(sources, id);
  if (source === undefined) throw new HubError('not-found');
  const cause = visit === undefined ? 'unknown-state' : 'another-source';
  await refuseSource(services, originOf(req, res), { source: id, cause });
  if (visit !== undefined)
    await spendVisit(services, cookie(req, cookieName(res, 'visit')), answerOf(req).get('state') ?? '');
  render(res, 'pages/source-refused', { title: source.title, denied: false, again: '/' }, 400);
}

/** `GET /sign-in/:uid/from`: takes what the source answered, and finishes the sign-in with it or says why not. */
export const arrive: RequestHandler<{ uid: string }> = async (given, res) => {
  const req = given as unknown as Request;
  const { deps } = context(res);
  const { services, oidc } = deps;
  const { uid, fresh, wanted } = await openInteraction(req, res, 'sign-in');
  const back = `/sign-in/${uid}`;
  const met = await takeAnswer(req, res, back, (visit) => visit.interaction === uid);
  if (met === undefined) return;
  const { source, proof } = met;
  const device = cookie(req, cookieName(res, 'device'));
  const remembered = cookie(req, cookieName(res, 'remembered'));
  const origin = originOf(req, res);
  try {
    await services.store.unit(async (unit) => {
      const { proved, amr } = proof;
      const told = { proved, amr, interaction: uid, knownDevice: device, remembered, fresh, wanted };
      const result = await signInFromSource(services, origin, { ...told, authTime: proof.authTime });
      if (result.outcome === 'refused') return refused(res, source, back);
      if (result.outcome === 'unlinked') return unlinked(res, source, proof, result.because, back);
      sayKept(res, source, result.kept);
      if (result.outcome === 'second-step') {
        await unit.commit();
        return res.redirect(303, `${back}/second`);
      }
      setCookie(res, 'device', rememberDevice(services, device, result.person.id), year);
      const since = proof.authTime === undefined ? {} : { authTime: proof.authTime };
      const sourceHint = source.signOut ? sealHint(services, proof.idToken) : undefined;
      await oidc.finishSignIn(req, res, result.person, { amr: result.amr, source: source.id, sourceHint, ...since });
    });
  } catch (error) {
    // Two first sign-ins of one person at once: the other one made the account.
    if (!(error instanceof CommitConflict)) throw error;
    await refuseSource(services, origin, { source: source.id, cause: 'raced' });
    refused(res, source, back);
  }
};

type Proved = Extract<OpenIdProof, { readonly outcome: 'proved' }>;

/**
 * What this browser came back with, spent and checked; undefined when it came to nothing and the page says so.
 * @param mine is it the visit that this page waits for?
 */
export async function takeAnswer(
  req: Request,
  res: Response,
  back: string,
  mine: (visit: Visit) => boolean,
): Promise<{ readonly source: OpenIdRecord; readonly proof: Proved; readonly visit: Visit } | undefined> {
  const { services } = context(res).deps;
  const answer = answerOf(req);
  const state = answer.get('state') ?? '';
  const browser = cookie(req, cookieName(res, 'visit'));
  const found = await findVisit(services, browser, state);
  const visit = found !== undefined && mine(found) ? await spendVisit(services, browser, state) : undefined;
  if (visit === undefined) {
    const source = found === undefined ? undefined : await services.store.get(sources, found.source);
    await refuseSource(services, originOf(req, res), { source: source?.id ?? '', cause: 'unknown-state' });
    render(res, 'pages/source-refused', { title: source?.title, denied: false, again: back }, 400);
    return undefined;
  }
  const source = await services.store.get(sources, visit.source);
  if (source === undefined || !source.enabled || !isOpenId(source)) {
    await refuseSource(services, originOf(req, res), { source: visit.source, cause: 'source-disabled' });
    render(res, 'pages/source-refused', { title: source?.title, denied: false, again: back }, 403);
    return undefined;
  }
  const proof = await proveOpenId(services, source, { state, visit, answer });
  if (proof.outcome === 'proved') return { source, proof, visit };
  await refuseSource(services, originOf(req, res), { source: source.id, cause: proof.cause });
  refused(res, source, back, answer.get('error') === 'access_denied');
  return undefined;
}

/** Says on the hub's next page what the source told in part only. */
export function sayKept(res: Response, source: Stored<Source>, kept: readonly string[]): void {
  if (kept.length === 0) return;
  flash(res, {
    tone: 'warn',
    key: 'source.kept',
    values: { source: source.title, what: kept.join(', ').slice(0, 200) },
  });
}

function refused(res: Response, source: Stored<Source>, back: string, denied = false): void {
  render(res, 'pages/source-refused', { title: source.title, denied, again: back }, 403);
}

/** Says that whom a source vouches for has no account here, and how to come to one. */
export function unlinked(
  res: Response,
  source: Stored<Source>,
  { proved }: Pick<Proved, 'proved'>,
  because: 'create-off' | 'taken' | 'unfit',
  back: string,
): void {
  const { name = 'name', email = 'email' } = mappingAtFirst(source);
  const known = [proved.values[name], proved.values[email]].find((value) => typeof value === 'string');
  render(
    res,
    'pages/source-unlinked',
    { source: { id: source.id, title: source.title }, known, because, contact: source.contact, again: back },
    403,
  );
}

async function openIdSource(services: Services, id: string): Promise<OpenIdRecord | undefined> {
  const source = await services.store.get(sources, id);
  return source?.enabled && isOpenId(source) ? source : undefined;
}

/** The parameters as they came; the library looks for those given twice. */
function answerOf(req: Request): URLSearchParams {
  return new URL(req.originalUrl, 'http://hub').searchParams;
}
