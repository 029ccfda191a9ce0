import type { IncomingMessage } from 'node:http';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { paths } from './paths.ts';
import { rulesOf } from './rules.ts';

/** The client whose tokens alone are answered, where the request came by that client's own address. */
const only = new WeakMap<IncomingMessage, string>();

/**
 * `/userinfo/{client_id}` is the userinfo endpoint for the tokens of one client alone. Products that take whatever token userinfo
 * answers for, and do not ask whom it was issued to (Odoo's own sign-in), are given this address: a token of another client of this
 * hub then opens nothing there.
 */
export function narrowUserinfo(req: IncomingMessage): void {
  const [path = '', query] = (req.url ?? '').split('?', 2);
  if (!path.startsWith(`${paths.userinfo}/`)) return;
  only.set(req, decoded(path.slice(paths.userinfo.length + 1)));
  req.url = query === undefined ? paths.userinfo : `${paths.userinfo}?${query}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * What the library leaves open about a token at the userinfo endpoint: `?access_token=` (RFC 6750, 2.3) is for systems of the
 * implicit flow alone, since addresses end up in logs; and at the address of one client only its own tokens are good.
 */
export function checkBearer(ctx: KoaContextWithOIDC): void {
  const { client } = ctx.oidc;
  if (ctx.query.access_token !== undefined && !rulesOf(client).implicit) {
    throw new errors.InvalidRequest('access tokens must not be provided via query parameter');
  }
  const expected = only.get(ctx.req);
  if (expected !== undefined && client?.clientId !== expected) {
    throw new errors.InvalidToken('the token was issued to another client');
  }
}
