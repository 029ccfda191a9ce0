import type { KoaContextWithOIDC } from 'oidc-provider';
import type { ErrorPages } from './pages.ts';

type Respond = (ctx: KoaContextWithOIDC, address: string, params: Readonly<Record<string, string>>) => unknown;

/**
 * How an authorization response reaches the system (OAuth 2.0 Multiple Response Type Encoding Practices 2.1, Form Post Response
 * Mode). The registered address stays as it is, byte for byte: what it has of a query is joined by `&`, where the library would
 * write it anew. Spaces leave as `%20`, which every decoder reads.
 */
export function responseModes(pages: ErrorPages): ReadonlyMap<string, Respond> {
  const byAddress =
    (sign: '?' | '#'): Respond =>
    (ctx, address, params) => {
      ctx.status = 303;
      ctx.redirect(joined(address, sign, encoded(params)));
    };
  return new Map<string, Respond>([
    ['query', byAddress('?')],
    ['fragment', byAddress('#')],
    [
      'form_post',
      async (ctx, address, params) => {
        const { body, headers } = await pages.formPost(ctx.req, { action: address, fields: params });
        ctx.status = 200;
        ctx.type = 'html';
        ctx.set({ ...headers });
        ctx.body = body;
      },
    ],
  ]);
}

function encoded(params: Readonly<Record<string, string>>): string {
  return Object.entries(params)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}

function joined(address: string, sign: '?' | '#', params: string): string {
  const at = address.indexOf(sign);
  if (at === -1) return `${address}${sign}${params}`;
  return `${address}${at === address.length - 1 || address.endsWith('&') ? '' : '&'}${params}`;
}
