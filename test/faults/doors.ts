import type { TokenEndpointResponse } from 'openid-client';
import { callback } from '#test/oidc/fixture.ts';
import { Browser } from '#test/support/browser.ts';
import { passphrase } from '#test/support/hub.ts';
import { type Company, email, type SignedIn } from './company.ts';

/** One way into the hub that needs the store, and what a caller there can read: a page, an OAuth error, a problem document. */
export interface Door {
  readonly name: string;
  readonly answers: 'page' | 'oauth' | 'problem';
  knock(): Promise<{ status: number; headers: Headers; text: string }>;
}

const basic = { authorization: `Basic ${Buffer.from('crm:crm-secret-of-the-test').toString('base64')}` };

/** Every kind of door, with sign-ins, codes and tokens at hand that were got while the store was well. */
export async function doorsOf(hub: Company, signedIn: SignedIn, tokens: TokenEndpointResponse): Promise<Door[]> {
  const { issuer } = hub;
  const { browser } = signedIn;
  const visitor = new Browser();
  const form = await visitor.follow(authorizeUrl(issuer));
  const post = (path: string, body: Record<string, string>) => async () => {
    const answer = await fetch(issuer + path, { method: 'POST', headers: basic, body: new URLSearchParams(body) });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const bearer = { authorization: `Bearer ${tokens.access_token}` };
  const oauth = (name: string, knock: Door['knock']): Door => ({ name, answers: 'oauth', knock });
  const page = (name: string, path: string): Door => ({
    name,
    answers: 'page',
    knock: () => browser.get(issuer + path),
  });
  const problem = (name: string, path: string, init: RequestInit): Door => ({
    name,
    answers: 'problem',
    knock: () => new Browser().send(issuer + path, init),
  });
  const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
  const json = { 'content-type': 'application/json' };
  return [
    oauth('refresh', post('/token', refresh)),
    oauth(
      'a code that nobody has',
      post('/token', {
        grant_type: 'authorization_code',
        code: 'x',
        redirect_uri: callback,
        code_verifier: 'x'.repeat(43),
      }),
    ),
    oauth('introspection', post('/introspect', { token: tokens.access_token })),
    oauth('revocation', post('/revoke', { token: tokens.access_token })),
    oauth('pushed request', post('/par', Object.fromEntries(new URL(authorizeUrl(issuer)).searchParams))),
    oauth('userinfo', () => new Browser().send(`${issuer}/userinfo`, { headers: bearer })),
    page('authorize, signed in', new URL(authorizeUrl(issuer)).pathname + new URL(authorizeUrl(issuer)).search),
    { name: 'authorize, nobody', answers: 'page', knock: () => new Browser().get(authorizeUrl(issuer)) },
    { name: 'the sign-in form', answers: 'page', knock: () => visitor.get(form.url) },
    {
      name: 'sign-in',
      answers: 'page',
      knock: () => visitor.post(form.url, { identifier: email, password: passphrase, csrf: csrfOf(form.text) }),
    },
    page('launchpad', '/'),
    page('own sessions', '/account/sessions'),
    page('own password', '/account/password'),
    page('console', '/admin'),
    problem('api with a token', '/api/v1/people', { headers: bearer }),
    problem('api changes', '/api/v1/people', {
      method: 'POST',
      headers: { ...bearer, ...json },
      body: JSON.stringify({ email: 'new@example.com', name: 'New' }),
    }),
    { name: 'api with a session', answers: 'problem', knock: () => browser.get(`${issuer}/api/v1/people`) },
  ];
}

function authorizeUrl(issuer: string): string {
  const query = new URLSearchParams({
    client_id: 'crm',
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid',
    state: 's',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  });
  return `${issuer}/authorize?${query}`;
}

function csrfOf(page: string): string {
  return /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
}
