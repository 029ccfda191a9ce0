import type { Express, Request, RequestHandler, Response } from 'express';
import { codeBuckets } from '#actions/signin/buckets.ts';
import { recordLocked } from '#actions/signin/locked.ts';
import { giveBack, takeTry } from '#actions/signin/tries.ts';
import { spelledCode } from '#domain/user-code.ts';
import { browserName } from '#http/account/browser.ts';
import { context } from '#http/context.ts';
import type { Texts } from '#http/i18n/catalogue.ts';
import { cookie, cookieName } from '#http/middleware/cookies.ts';
import { csrf } from '#http/middleware/csrf.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { originOf } from '#http/middleware/origin.ts';
import { viewerOf } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import type { WaitingDevice } from '#oidc/device/approval.ts';
import { hashedId } from '#platform/ids.ts';
import { scopeWords } from './consent.ts';
import { throttledLine } from './sign-in/password.ts';

/** How long somebody may look at the question, in ms. */
const askMs = 10 * 60_000;
const purpose = 'device-question';

/**
 * The device flow as a person sees it (RFC 8628, 3.3): type the code, see what asks and from where, allow or refuse. Only the
 * typed code finds a device, each try counted; the page that asks goes by a sealed ticket.
 */
export function devicePages(app: Express): void {
  app.get('/device', csrf, showForm);
  app.post('/device', csrf, takeCode);
  app.get('/device/confirm/:ticket', csrf, ask);
  app.post('/device/confirm/:ticket', csrf, answer);
  app.get('/device/end/:how', end);
}

/** A code in the address (`verification_uri_complete`) only fills in the field: it is looked up when the person sends it. */
const showForm: RequestHandler = (req, res) => {
  const given = req.query.user_code;
  render(res, 'pages/device', { code: typeof given === 'string' ? spelledCode(given) : undefined });
};

const takeCode: RequestHandler = async (req, res) => {
  const { services, oidc } = context(res).deps;
  await viewerOf(req, res);
  const origin = originOf(req, res);
  const typed = field(req, 'code');
  const browser = cookie(req, cookieName(res, 'csrf')) ?? '';
  const buckets = codeBuckets(services, 'device', { ip: origin.ip, browser });
  const taken = await takeTry(services, buckets);
  if (!taken.taken) {
    await recordLocked(services, origin, { bucket: taken.bucket, door: 'device' });
    Object.assign(context(res), { flash: throttledLine(res, taken.retryAfter) });
    return render(res, 'pages/device', { code: spelledCode(typed) }, 429);
  }
  const device = await oidc.deviceByUserCode(typed);
  if (device === undefined) {
    flash(res, undefined, { faults: { code: { key: 'device.unknown' } }, filled: { code: spelledCode(typed) } });
    return res.redirect(303, '/device');
  }
  await giveBack(services, buckets);
  if (device.state !== 'waiting') return res.redirect(303, `/device/end/${device.state}`);
  res.redirect(303, `/device/confirm/${seal(req, res, device, typed)}`);
};

const ask: RequestHandler<{ ticket: string }> = async (req, res) => {
  const { device, code } = await questionOf(req as unknown as Request, res, req.params.ticket);
  if (device?.state !== 'waiting') return res.redirect(303, `/device/end/${device?.state ?? 'expired'}`);
  const { texts } = context(res);
  const viewer = await viewerOf(req, res);
  render(res, 'pages/device-confirm', {
    code,
    system: device.system,
    description: device.system.description,
    scopes: scopeWords(texts, device.scopes),
    at: device.at,
    from: device.ip,
    agent: knownBrowser(texts, device.agent),
    personName: viewer?.person.name,
    as: viewer?.person.id,
  });
};

const answer: RequestHandler<{ ticket: string }> = async (req, res) => {
  const { oidc } = context(res).deps;
  const { device } = await questionOf(req as unknown as Request, res, req.params.ticket);
  if (device?.state !== 'waiting') return res.redirect(303, `/device/end/${device?.state ?? 'expired'}`);
  // Whatever is not a plain yes is a no.
  if (field(req, 'answer') !== 'allow') {
    const denied = await oidc.denyDevice(req, device.id);
    return res.redirect(303, `/device/end/${denied ? 'denied' : 'used'}`);
  }
  // The page said whose name the device gets; whoever signed in here since is asked themselves.
  const viewer = await viewerOf(req as unknown as Request, res);
  if (field(req as unknown as Request, 'as') !== (viewer?.person.id ?? '')) return res.redirect(303, req.path);
  if (!(await oidc.approveDevice(req, res, device.id))) res.redirect(303, '/device/end/used');
};

const endings = new Set(['allowed', 'denied', 'expired', 'used', 'refused']);

const end: RequestHandler<{ how: string }> = async (req, res) => {
  const how = endings.has(req.params.how) ? req.params.how : 'refused';
  const viewer = await viewerOf(req, res);
  render(res, 'pages/device-end', { how, personName: viewer?.person.name });
};

function knownBrowser(language: Texts, agent: string | undefined): string | undefined {
  const name = browserName(language, agent);
  return name === language.t('sessions.unknown') ? undefined : name;
}

/** Of this browser alone: a page that asks is no link to send to somebody who never saw a code. */
function seal(req: Request, res: Response, device: WaitingDevice, typed: string): string {
  const { services } = context(res).deps;
  const until = services.clock.now() + askMs;
  const ticket: Ticket = { id: device.id, code: spelledCode(typed), until, browser: browserOf(req, res) };
  return services.seal.seal(purpose, JSON.stringify(ticket));
}

interface Ticket {
  readonly id: string;
  readonly code: string;
  /** In ms. */
  readonly until: number;
  readonly browser: string;
}

/** The browser by its form cookie, hashed: addresses are seen by others. */
function browserOf(req: Request, res: Response): string {
  return hashedId(cookie(req, cookieName(res, 'csrf')) ?? '');
}

async function questionOf(
  req: Request,
  res: Response,
  ticket: string,
): Promise<{ device: WaitingDevice | undefined; code: string }> {
  const { services, oidc } = context(res).deps;
  const none = { device: undefined, code: '' };
  try {
    const opened = JSON.parse(services.seal.open(purpose, ticket)) as Ticket;
    if (opened.until <= services.clock.now() || opened.browser !== browserOf(req, res)) return none;
    return { device: await oidc.deviceById(opened.id), code: opened.code };
  } catch {
    return none;
  }
}
