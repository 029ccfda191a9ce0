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

/** How many answers somebody has had of the four that a whole way gives. */
export function stepsOf({ signedIn, code, refreshToken, successor }: Trace): number {
  return [signedIn || undefined, code, refreshToken, successor].filter((step) => step !== undefined).length;
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

/** A load of sign-ins that goes on until it is stopped. */
export interface Load {
  readonly traces: readonly Trace[];
  /** Stops it; resolves when nobody is under way any more. */
  stop(): Promise<void>;
}

export interface LoadOptions {
  /** Number of the next person. */
  readonly next: () => number;
  /** People under way at once. */
  readonly atOnce: number;
  /** Ways begun per second at most; as fast as it goes where it is left out. */
  readonly perSecond?: number;
}

/** Signs person after person in, redeems the code and refreshes once. Faults end a way, not the load. */
export function startLoad(issuer: string, { next, atOnce, perSecond }: LoadOptions): Load {
  const traces: Trace[] = [];
  let over = false;
  const goOn = async (): Promise<void> => {
    while (!over) {
      const began = performance.now();
      const trace = newTrace(next());
      traces.push(trace);
      await walk(issuer, trace).catch(() => undefined);
      if (perSecond === undefined) continue;
      const rest = (atOnce * 1000) / perSecond - (performance.now() - began);
      if (rest > 0 && !over) await new Promise((resolve) => setTimeout(resolve, rest));
    }
  };
  const all = Promise.all(Array.from({ length: atOnce }, goOn));
  return {
    traces,
    stop: async () => {
      over = true;
      await all;
    },
  };
}

function newTrace(person: number): Trace {
  return { email: emailOf(person), verifier: randomBytes(32).toString('base64url'), signedIn: false };
}

/** One person's whole way; `trace` tells how far it came. */
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

/** How long it takes until somebody gets through the whole way, in ms. Those who tried are added to `traces`. */
export async function wellAgain(issuer: string, next: () => number, traces: Trace[]): Promise<number> {
  const since = performance.now();
  while (performance.now() - since < 60_000) {
    const trace = newTrace(next());
    traces.push(trace);
    await walk(issuer, trace).catch(() => undefined);
    if (trace.successor !== undefined) return performance.now() - since;
  }
  throw new Error('nobody got in for a minute');
}
