import { createHash, randomBytes } from 'node:crypto';
import { Browser } from '#test/support/browser.ts';
import { client, emailOf, passphrase } from './company.ts';

/** What became of one person's way: how far the hub acknowledged it, and what was under way when it ended. */
export interface Trace {
  readonly email: string;
  readonly verifier: string;
  signedIn: boolean;
  code?: string;
  /** Present once the hub answered the redemption. */
  refreshToken?: string;
  /** What the refresh token was replaced by. */
  successor?: string;
}

export async function tokenRequest(
  issuer: string,
  form: Record<string, string>,
): Promise<{ status: number; body: TokenBody }> {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}` },
    body: new URLSearchParams(form),
  });
  return { status: answer.status, body: (await answer.json()) as TokenBody };
}

interface TokenBody {
  readonly access_token?: string;
  readonly refresh_token?: string;
  readonly error?: string;
}

export function redemption({ code = '', verifier }: Trace): Record<string, string> {
  return { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: client.callback };
}

/** Signs person after person in, redeems the code and refreshes once, until `stopped`. Faults end a way, not the load. */
export async function load(issuer: string, next: () => number, traces: Trace[], stopped: () => boolean): Promise<void> {
  while (!stopped()) {
    const trace = { email: emailOf(next()), verifier: randomBytes(32).toString('base64url'), signedIn: false };
    traces.push(trace);
    await walk(issuer, trace).catch(() => undefined);
  }
}

async function walk(issuer: string, trace: Trace): Promise<void> {
  const browser = new Browser();
  const query = new URLSearchParams({
    client_id: client.id,
    redirect_uri: client.callback,
    response_type: 'code',
    scope: 'openid roles',
    state: 'x',
    code_challenge: createHash('sha256').update(trace.verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const form = await browser.follow(`${issuer}/authorize?${query}`);
  const signed = await browser.post(form.url, { identifier: trace.email, password: passphrase });
  if (signed.status !== 303 || !signed.location?.includes('/authorize/')) return;
  trace.signedIn = true;
  const back = await browser.follow(new URL(signed.location, form.url).href);
  const code = URL.parse(back.location ?? '')?.searchParams.get('code');
  if (code === undefined || code === null) return;
  trace.code = code;
  const tokens = await tokenRequest(issuer, redemption(trace));
  if (tokens.status !== 200 || tokens.body.refresh_token === undefined) return;
  trace.refreshToken = tokens.body.refresh_token;
  const fresh = await tokenRequest(issuer, { grant_type: 'refresh_token', refresh_token: trace.refreshToken });
  if (fresh.body.refresh_token !== undefined) trace.successor = fresh.body.refresh_token;
}
