import { createHash, randomBytes } from 'node:crypto';
import type { Request } from 'express';
import type { Services } from '#actions/services.ts';
import { openClientSecret } from '#actions/systems/record.ts';
import { bySecret } from '#actions/systems/secret.ts';
import type { SystemModule } from '#domain/providers/system-module.ts';
import { hubAddresses, scopesOf } from '#domain/providers/values.ts';
import { protocolRules } from '#domain/systems/protocol.ts';
import type { Stored } from '#storage/collection.ts';
import type { System } from '#storage/collections.ts';
import { callSelf, json } from './call-self.ts';
import { checkIdToken } from './id-token.ts';
import { hidden, refusal, type Step } from './step.ts';

export interface Played {
  readonly ok: boolean;
  readonly steps: readonly Step[];
  /** What the product received, where it got so far. */
  readonly idToken?: Readonly<Record<string, unknown>>;
  readonly userinfo?: Readonly<Record<string, unknown>>;
  /** For the browser that plays: its session was used. */
  readonly cookies: readonly string[];
}

interface Scene {
  readonly req: Request;
  readonly services: Services;
  readonly system: Stored<System>;
  readonly module: SystemModule | undefined;
  readonly at: ReturnType<typeof hubAddresses>;
  readonly nonce: string;
  readonly state: string;
  readonly verifier: string | undefined;
}

/**
 * Plays a sign-in with whoever looks, as the product would do it, request by request (OpenID Connect Core 1.0, 3.1): the browser's request with the session that
 * it has, and the product's own with its registered client. It is a real sign-in and on the record as one; the access token is revoked at the end.
 */
export async function playSignIn(req: Request, services: Services, system: Stored<System>): Promise<Played> {
  const module = services.modules.get(system.provider);
  const rules = protocolRules(system, module);
  const scene: Scene = {
    req,
    services,
    system,
    module,
    at: hubAddresses(services.settings.issuer),
    nonce: randomBytes(16).toString('base64url'),
    // What base64 clients send: characters that have to come back byte for byte.
    state: `${randomBytes(12).toString('base64')}+/=`,
    verifier: rules.pkce === 'required' ? randomBytes(32).toString('base64url') : undefined,
  };
  if (rules.dpop === 'required') return elsewhere('DPoP');
  const authorized = await authorize(scene);
  if (authorized.code === undefined) return { ok: false, steps: [authorized.step], cookies: authorized.cookies };
  const redeemed = await redeem(scene, authorized.code);
  const steps = [authorized.step, redeemed.step];
  const { cookies } = authorized;
  if (redeemed.tokens === undefined) return { ok: false, steps, cookies };
  const checked = await checkIdToken(scene, redeemed.tokens.id_token);
  const received = await userinfo(scene, redeemed.tokens.access_token);
  await revoke(scene, redeemed.tokens.access_token);
  const all = [...steps, checked.step, received.step];
  return {
    ok: all.every(({ ok }) => ok),
    steps: all,
    ...(checked.claims === undefined ? {} : { idToken: checked.claims }),
    ...(received.claims === undefined ? {} : { userinfo: received.claims }),
    cookies,
  };
}

/** Nothing can be played where the key that it takes is the product's alone. */
function elsewhere(auth: string): Played {
  const step: Step = { name: 'authorize', by: 'browser', ok: false, code: 'keyElsewhere', values: { auth } };
  return { ok: false, steps: [step], cookies: [] };
}

async function authorize(scene: Scene) {
  const { req, system, module, at, nonce, state, verifier } = scene;
  const params: Record<string, string> = {
    client_id: system.clientId,
    response_type: 'code',
    redirect_uri: system.redirectUris[0] ?? '',
    scope: scopesOf(module ?? {}).join(' '),
    state,
    nonce,
    // Without a page in between: what a person would have to do there is the finding.
    prompt: 'none',
    ...(verifier === undefined
      ? {}
      : { code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' }),
  };
  const headers = { cookie: req.headers.cookie ?? '' };
  const query = system.par ? await pushed(scene, params) : params;
  const answer = await callSelf(req, `${at.authorize}?${new URLSearchParams(query)}`, { headers });
  const { prompt: _, ...sent } = params;
  const step = {
    name: 'authorize',
    by: 'browser',
    request: `GET ${at.authorize}`,
    sent: Object.entries(sent),
    status: answer.status,
  } as const;
  const told = answeredParams(answer.location, params.redirect_uri ?? '');
  const { cookies } = answer;
  if (told === undefined)
    return { step: { ...step, ok: false, code: 'notReturned' } satisfies Step, code: undefined, cookies };
  const error = told.get('error');
  if (error !== null) {
    const values = { error, description: told.get('error_description') ?? '' };
    return { step: { ...step, ok: false, code: refusal(error), values } satisfies Step, code: undefined, cookies };
  }
  const code = told.get('code') ?? undefined;
  const whole = told.get('state') === state && told.get('iss') === at.issuer;
  const values = { uri: params.redirect_uri ?? '' };
  return { step: { ...step, ok: whole, code: whole ? 'returned' : 'changed', values } satisfies Step, code, cookies };
}

/** The same request pushed beforehand, as the system requires it (RFC 9126); refused, it is sent in the open and refused there. */
async function pushed(scene: Scene, params: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const client = clientAuthentication(scene);
  if (client === undefined) return { ...params };
  const url = `${scene.services.settings.issuer}/par`;
  const { text } = await callSelf(scene.req, url, form({ ...params, ...client.params }, client.headers));
  const { request_uri: uri } = json(text);
  return typeof uri === 'string' ? { client_id: scene.system.clientId, request_uri: uri } : { ...params };
}

/** What the answer brings back to the redirect URI; undefined where it leads anywhere else. */
function answeredParams(location: string | undefined, redirectUri: string): URLSearchParams | undefined {
  if (location === undefined || redirectUri === '') return undefined;
  const target = URL.parse(location);
  const meant = URL.parse(redirectUri);
  if (target === null || meant === null) return undefined;
  return target.origin === meant.origin && target.pathname === meant.pathname ? target.searchParams : undefined;
}

interface Tokens {
  readonly access_token: string;
  readonly id_token: string;
}

async function redeem(scene: Scene, code: string): Promise<{ step: Step; tokens: Tokens | undefined }> {
  const { req, system, at, verifier } = scene;
  const step = { name: 'token', by: 'server', request: `POST ${at.token}` } as const;
  const client = clientAuthentication(scene);
  if (client === undefined) {
    return { step: { ...step, ok: false, code: 'keyElsewhere', values: { auth: system.auth } }, tokens: undefined };
  }
  const params = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: system.redirectUris[0] ?? '',
    ...(verifier === undefined ? {} : { code_verifier: verifier }),
    ...client.params,
  };
  const answer = await callSelf(req, at.token ?? '', form(params, client.headers));
  const sent = Object.entries({ ...params, ...client.shown, code: hidden }).map(([name, value]): [string, string] => [
    name,
    /secret|verifier/.test(name) ? hidden : value,
  ]);
  const told = json(answer.text);
  if (answer.status !== 200 || typeof told.access_token !== 'string') {
    const values = { error: String(told.error ?? answer.status), description: String(told.error_description ?? '') };
    return {
      step: { ...step, sent, status: answer.status, ok: false, code: refusal(told.error), values },
      tokens: undefined,
    };
  }
  const tokens = { access_token: told.access_token, id_token: String(told.id_token ?? '') };
  const values = { kinds: ['access_token', 'id_token', 'refresh_token'].filter((kind) => kind in told).join(', ') };
  return { step: { ...step, sent, status: answer.status, ok: true, code: 'tokens', values }, tokens };
}

/** How the product's client proves itself; undefined where the key for that is the product's alone. */
function clientAuthentication({ services, system }: Pick<Scene, 'services' | 'system'>) {
  if (system.auth === 'none') return { params: { client_id: system.clientId }, headers: {}, shown: {} };
  const secret = openClientSecret(services, system);
  if (!bySecret(system.auth) || secret === undefined) return undefined;
  if (system.auth === 'client_secret_post') {
    return { params: { client_id: system.clientId, client_secret: secret }, headers: {}, shown: {} };
  }
  // RFC 6749, 2.3.1: both are form-encoded before they are joined.
  const encoded = [system.clientId, secret].map((part) => encodeURIComponent(part)).join(':');
  const authorization = `Basic ${Buffer.from(encoded).toString('base64')}`;
  return { params: {}, headers: { authorization }, shown: { Authorization: `Basic ${hidden}` } };
}

function form(params: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>) {
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST' as const, headers: { ...type, ...headers }, body: new URLSearchParams(params).toString() };
}

async function userinfo({ req, at }: Scene, token: string) {
  const answer = await callSelf(req, at.userinfo ?? '', { headers: { authorization: `Bearer ${token}` } });
  const step = { name: 'userinfo', by: 'server', request: `GET ${at.userinfo}`, status: answer.status } as const;
  if (answer.status !== 200)
    return {
      step: {
        ...step,
        ok: false,
        code: 'refused',
        values: { error: String(answer.status), description: '' },
      } satisfies Step,
    };
  const claims = json(answer.text);
  const values = { count: String(Object.keys(claims).length) };
  return { step: { ...step, ok: true, code: 'claims', values } satisfies Step, claims };
}

/** The test leaves no token behind; what the session itself holds ends with it (RFC 7009). */
async function revoke(scene: Scene, token: string): Promise<void> {
  const client = clientAuthentication(scene);
  if (client === undefined) return;
  const url = `${scene.services.settings.issuer}/revoke`;
  await callSelf(scene.req, url, form({ token, token_type_hint: 'access_token', ...client.params }, client.headers));
}
