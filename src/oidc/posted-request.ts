import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorPages } from './pages.ts';
import { paths } from './paths.ts';
import { redirect } from './respond.ts';

/** The longest address that browsers, proxies and our own limit on headers (16 KiB with cookies) all let through. */
const longestAddress = 8000;

/**
 * `POST /authorize` (OpenID Connect Core 1.0, 3.1.2.1): a form with the parameters of the GET. It is answered with that very
 * GET, so that both follow one set of rules; and a form that another site sends brings no `SameSite=Lax` cookie along, while
 * the GET that it leads to does, so the session is found without opening the cookie to every site (`SameSite=None`).
 */
export async function postedRequest(pages: ErrorPages, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const refuse = async (description: string): Promise<void> => {
    const page = await pages.render(req, { status: 400, error: 'invalid_request', description });
    // The rest of the body is not read, so this connection is of no further use.
    res.writeHead(400, {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      Connection: 'close',
      ...page.headers,
    });
    res.end(page.body);
  };
  const [type = ''] = (req.headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded') {
    return refuse('the parameters must be sent as application/x-www-form-urlencoded');
  }
  const form = await formWithin(req, longestAddress);
  // The parameters of a POST are its body's alone (RFC 6749, 3.1): what an address adds was not in the form that somebody looked at.
  const params = form === undefined ? '' : new URLSearchParams(form).toString();
  if (form === undefined || params.length > longestAddress) {
    return refuse(`the parameters are too long; push them first to ${paths.pushed_authorization_request} (RFC 9126)`);
  }
  redirect(res, `${paths.authorization}?${params}`);
}

/** @returns the body as text, or undefined when it is longer than `most` bytes. */
async function formWithin(req: IncomingMessage, most: number): Promise<string | undefined> {
  if (Number(req.headers['content-length'] ?? 0) > most) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length).toString('utf8');
}
