import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An account as a stand-in keeps it, in no product's shape. */
export interface Kept {
  id: string;
  login: string;
  name: string;
  email: string;
  active: boolean;
  roles: string[];
  profile?: string;
}

export interface Ask {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export interface Reply {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a product is: its accounts, its roles, and how it answers. */
export interface Product {
  readonly accounts: Map<string, Kept>;
  readonly roles: readonly string[];
  answer(ask: Ask): Reply;
}

export interface StandIn {
  readonly url: string;
  readonly accounts: Map<string, Kept>;
  /** Requests so far. */
  readonly asked: Ask[];
  /** Answers this instead, as long as it says something; undefined: the product answers. */
  disturb: ((ask: Ask) => Reply | 'drop' | undefined) | undefined;
  /** How long each answer takes, in ms. */
  delay: number;
  /** At the same time, the most so far. */
  readonly busiest: () => number;
}

/** Serves a product on a free loopback port until the test ends. */
export async function serveProduct(t: { after(end: () => Promise<void>): void }, product: Product): Promise<StandIn> {
  let now = 0;
  let most = 0;
  const server = createServer((req, res) => {
    now += 1;
    most = Math.max(most, now);
    res.on('close', () => {
      now -= 1;
    });
    respond(req, res).catch(() => res.destroy());
  });
  const respond = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const chunks = await Array.fromAsync(req as AsyncIterable<Buffer>);
    const url = new URL(req.url ?? '/', 'http://product');
    const text = Buffer.concat(chunks).toString();
    const ask: Ask = {
      ...{ method: req.method ?? 'GET', path: decodeURIComponent(url.pathname), query: url.searchParams },
      ...{ headers: req.headers, body: text === '' ? undefined : (JSON.parse(text) as unknown) },
    };
    standIn.asked.push(ask);
    if (standIn.delay > 0) await new Promise((resolve) => setTimeout(resolve, standIn.delay));
    const reply = standIn.disturb?.(ask) ?? product.answer(ask);
    if (reply === 'drop') return void res.destroy();
    const type = reply.text === undefined ? 'application/json' : 'text/html';
    res.writeHead(reply.status ?? 200, { 'content-type': type, ...reply.headers });
    res.end(reply.text ?? (reply.json === undefined ? '' : JSON.stringify(reply.json)));
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const standIn: StandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ accounts: product.accounts, asked: [], disturb: undefined, delay: 0, busiest: () => most },
  };
  return standIn;
}

export function keep(accounts: Map<string, Kept>, account: Partial<Kept> & { login: string }): Kept {
  const id = account.id ?? String(100 + accounts.size);
  const kept = { name: account.login, email: '', active: true, roles: [], ...account, id };
  accounts.set(id, kept);
  return kept;
}

export const object = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
export const rows = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.map(object) : []);
