import { OAuth2Server } from 'oauth2-mock-server';
import type { Services } from '#actions/services.ts';
import { createSource } from '#actions/sources/create.ts';
import type { AuditEvent } from '#domain/audit/event.ts';
import { checkSource } from '#settings/source.ts';
import type { Stored } from '#storage/collection.ts';
import type { Source } from '#storage/collections.ts';
import { type Answer, Browser } from './browser.ts';

export type Claims = Record<string, unknown>;

/** An OpenID provider that we did not write, and that misbehaves as it is told. */
export interface Upstream {
  readonly issuer: string;
  readonly server: OAuth2Server;
  /** Put over every ID token's claims; undefined takes one away. */
  claims: Claims;
  /** Does what it likes with the answer of the token endpoint. */
  answer: (answer: { body: Record<string, unknown> | ''; statusCode: number }) => void;
  /** And with the address that the browser is sent back to. */
  back: (url: URL) => void;
  /** What the browser was sent there with, last. */
  asked: URLSearchParams;
}

export async function startUpstream(t: { after(end: () => Promise<void>): void }): Promise<Upstream> {
  const server = new OAuth2Server();
  await server.issuer.keys.generate('RS256');
  await server.start(0, 'localhost');
  t.after(() => server.stop());
  const upstream: Upstream = {
    issuer: server.issuer.url ?? '',
    server,
    claims: {},
    answer: () => {},
    back: () => {},
    asked: new URLSearchParams(),
  };
  server.service.on('beforeTokenSigning', (token: { payload: Claims }) => {
    for (const [name, value] of Object.entries(upstream.claims))
      if (value === undefined) delete token.payload[name];
      else token.payload[name] = value;
  });
  server.service.on('beforeUserinfo', (answer: { body: Claims }) => {
    answer.body = { sub: upstream.claims.sub ?? 'johndoe' };
  });
  server.service.on('beforeResponse', (answer) => upstream.answer(answer));
  server.service.on('beforeAuthorizeRedirect', (redirect: { url: URL }, req: { url?: string }) => {
    upstream.asked = new URL(req.url ?? '', 'http://upstream').searchParams;
    upstream.back(redirect.url);
  });
  return upstream;
}

/** Registers an upstream as a source of the hub. */
export function addSource(
  services: Services,
  upstream: Pick<Upstream, 'issuer'>,
  more: object = {},
): Promise<Stored<Source>> {
  const { source, faults } = checkSource({
    id: 'upstream',
    title: 'Head office',
    provider: 'oidc',
    issuer: upstream.issuer,
    clientId: 'hub',
    clientSecret: 'known-to-the-source',
    ...more,
  });
  if (source === undefined) throw new Error(JSON.stringify(faults));
  return createSource(services, { actor: { kind: 'operator' } }, source);
}

/** Opens the sign-in page and leaves for the source. @returns where the source sends the browser back to, not yet followed */
export async function visitSource(issuer: string, browser: Browser, source = 'upstream'): Promise<string> {
  const form = await browser.follow(`${issuer}/`);
  const left = await browser.post(`${form.url}/source/${source}`, {});
  if (left.location === undefined) throw new Error(`leaving answered ${left.status}`);
  const there = await new Browser().get(left.location);
  if (there.location === undefined) throw new Error(`the source answered ${there.status} ${there.text}`);
  return there.location;
}

/** The whole way: to the source and back. */
export async function signInBySource(issuer: string, browser = new Browser(), source = 'upstream'): Promise<Answer> {
  return browser.follow(await visitSource(issuer, browser, source));
}

export async function eventsOf(services: Services, type: string): Promise<AuditEvent[]> {
  return Array.fromAsync(services.store.audit.export({ type }));
}
