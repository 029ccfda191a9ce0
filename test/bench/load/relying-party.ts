/** What a system does with its provider, as plainly as it can: no discovery, no check of signatures, keep-alive connections. */
import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from 'undici';
import { emailOf, passphrase, robot, type SystemId, scope, systems } from '../company.ts';
import { Browser } from './browser.ts';

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly id_token: string;
}

const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

export class RelyingParty {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** A browser that nobody has signed in on. */
  browser(): Browser {
    return new Browser(this.#pool);
  }

  /** Asks, fills in the form, redeems: five requests. */
  async signIn(person: number, browser: Browser): Promise<Tokens> {
    const { path, verifier } = authorization('crm');
    const form = expect(await browser.get(path), 303).location;
    expect(await browser.get(form), 200);
    const done = expect(await browser.post(form, { identifier: emailOf(person), password: passphrase }), 303).location;
    const { pathname } = new URL(done, 'http://hub');
    const { location } = expect(await browser.get(pathname), 303);
    return this.#redeem('crm', location, verifier);
  }

  /** The same browser enters another system: two requests. */
  async enter(browser: Browser, system: SystemId): Promise<Tokens> {
    const { path, verifier } = authorization(system);
    return this.#redeem(system, expect(await browser.get(path), 303).location, verifier);
  }

  async refresh({ refresh_token }: Tokens): Promise<void> {
    await this.#token('crm', systems.crm.secret, { grant_type: 'refresh_token', refresh_token });
  }

  async clientCredentials(): Promise<void> {
    await this.#token(robot.id, robot.secret, { grant_type: 'client_credentials', scope: robot.scope });
  }

  async userinfo({ access_token }: Tokens): Promise<void> {
    const headers = { authorization: `Bearer ${access_token}` };
    const text = await this.#ask({ method: 'GET', path: '/userinfo', headers });
    if (!text.includes('"permissions"')) throw new Error(`userinfo without permissions: ${text}`);
  }

  async introspect({ access_token }: Tokens): Promise<void> {
    const text = await this.#form('/introspect', 'crm', systems.crm.secret, { token: access_token });
    if (!text.includes('"active":true')) throw new Error(`an active token is not: ${text}`);
  }

  async fetch(path: string): Promise<void> {
    await this.#ask({ method: 'GET', path, headers: {} });
  }

  async #redeem(system: SystemId, callback: string, code_verifier: string): Promise<Tokens> {
    const code = URL.parse(callback)?.searchParams.get('code');
    if (typeof code !== 'string') throw new Error(`no code came back: ${callback}`);
    const { secret, redirectUri } = systems[system];
    const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier };
    const tokens = JSON.parse(await this.#token(system, secret, grant)) as Partial<Tokens>;
    const { access_token, refresh_token, id_token } = tokens;
    if (access_token === undefined || refresh_token === undefined || id_token === undefined)
      throw new Error('a token is missing');
    return { access_token, refresh_token, id_token };
  }

  #token(client: string, secret: string, form: Record<string, string>): Promise<string> {
    return this.#form('/token', client, secret, form);
  }

  #form(path: string, client: string, secret: string, form: Record<string, string>): Promise<string> {
    const headers = {
      authorization: basic(client, secret),
      'content-type': 'application/x-www-form-urlencoded',
    };
    return this.#ask({ method: 'POST', path, headers, body: new URLSearchParams(form).toString() });
  }

  async #ask(request: { method: 'GET' | 'POST'; path: string; headers: Record<string, string>; body?: string }) {
    const answer = await this.#pool.request(request);
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${request.path} answered ${answer.statusCode}: ${text}`);
    return text;
  }
}

export function authorization(system: SystemId): { path: string; verifier: string } {
  const verifier = randomBytes(32).toString('base64url');
  const params = new URLSearchParams({
    client_id: system,
    redirect_uri: systems[system].redirectUri,
    response_type: 'code',
    scope,
    state: randomBytes(16).toString('base64url'),
    nonce: randomBytes(16).toString('base64url'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  return { path: `/authorize?${params}`, verifier };
}

function expect<A extends { status: number; text: string }>(answer: A, status: number): A {
  if (answer.status !== status)
    throw new Error(`answered ${answer.status} for ${status}: ${answer.text.slice(0, 300)}`);
  return answer;
}
