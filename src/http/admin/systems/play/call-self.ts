import { request } from 'node:http';
import type { Request } from 'express';

export interface SelfAnswer {
  readonly status: number;
  readonly location: string | undefined;
  readonly cookies: readonly string[];
  readonly text: string;
}

/**
 * Calls an address of this hub over the very socket address at which the browser's request came in, as the product or the
 * browser would: the issuer's host name may lead through proxies that this machine cannot use. No other address can be called.
 */
export function callSelf(
  req: Request,
  url: string,
  call: { method?: 'GET' | 'POST'; headers?: Readonly<Record<string, string>>; body?: string } = {},
): Promise<SelfAnswer> {
  const { host, pathname, search } = new URL(url);
  const { localAddress, localPort } = req.socket;
  const headers = { host, 'user-agent': req.headers['user-agent'] ?? 'Gatehouse', ...call.headers };
  return new Promise((resolve, reject) => {
    const made = request(
      {
        host: localAddress,
        port: localPort,
        method: call.method ?? 'GET',
        path: pathname + search,
        headers,
        timeout: 10_000,
      },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            location: answer.headers.location,
            cookies: answer.headers['set-cookie'] ?? [],
            text: Buffer.concat(parts).toString('utf8'),
          }),
        );
      },
    );
    made.on('timeout', () => made.destroy(new Error('the hub did not answer itself in time')));
    made.on('error', reject);
    made.end(call.body);
  });
}

/** The body of an answer as JSON; empty where it is none. */
export function json(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
