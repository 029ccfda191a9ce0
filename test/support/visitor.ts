import { passphrase } from './booted.ts';
import { Browser } from './browser.ts';

/** Somebody at the door of a booted hub: a browser with or without a session, or a program with a token. */
export interface Visitor {
  readonly browser: Browser;
  /** What a program sends along: its token. */
  readonly headers: Readonly<Record<string, string>>;
  /** Signs in on the hub's own page with the passphrase of the tests. */
  signIn(identifier: string): Promise<Visitor>;
  withToken(token: string): Visitor;
  /** A request of the REST API; a session sends its form token along. */
  call(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<Called>;
  /** A page or a form of the hub, as the browser would ask for it. */
  page(method: string, path: string, form?: Record<string, string>): Promise<{ status: number; text: string }>;
}

export interface Called {
  readonly status: number;
  readonly headers: Headers;
  /** The body read as JSON, where it is that. */
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads out of an answer it asserts
  readonly body: any;
  readonly text: string;
}

export function visit(issuer: string, browser = new Browser(), token?: string): Visitor {
  const csrf = async (): Promise<string> => {
    const { text } = await browser.get(`${issuer}/api/v1/docs`);
    return /name="csrf-token" content="([\w-]+)"/.exec(text)?.[1] ?? '';
  };
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const visitor: Visitor = {
    browser,
    headers,
    withToken: (given) => visit(issuer, new Browser(), given),
    async signIn(identifier) {
      const form = await browser.follow(`${issuer}/admin`);
      const answer = await browser.post(form.url, { identifier, password: passphrase });
      if (answer.status !== 303 || answer.location === undefined) throw new Error(`sign-in answered ${answer.status}`);
      await browser.follow(new URL(answer.location, answer.url).href);
      return visitor;
    },
    async call(method, path, body, more = {}) {
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const credential = token === undefined ? { 'x-csrf-token': await csrf() } : headers;
      const typed: Record<string, string> = body === undefined ? {} : { 'content-type': type };
      const answer = await browser.send(issuer + path, {
        method,
        headers: { ...credential, ...typed, ...more },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const isJson =
        /json/.test(answer.headers.get('content-type') ?? '') &&
        !/ndjson/.test(answer.headers.get('content-type') ?? '');
      return {
        status: answer.status,
        headers: answer.headers,
        text: answer.text,
        body: isJson ? JSON.parse(answer.text) : undefined,
      };
    },
    async page(method, path, form = {}) {
      if (method === 'GET') return browser.get(issuer + path);
      return browser.post(issuer + path, { csrf: await csrf(), ...form });
    },
  };
  return visitor;
}
