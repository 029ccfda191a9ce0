import type { IncomingMessage } from 'node:http';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Services } from '#actions/services.ts';
import { systemDirectory } from '#actions/systems/directory.ts';
import { paths } from './paths.ts';
import type { RequestState } from './state.ts';

/** Endpoints where a client proves who it is. */
const authenticated: ReadonlySet<string> = new Set([
  paths.token,
  paths.pushed_authorization_request,
  paths.introspection,
  paths.revocation,
  paths.device_authorization,
]);

/**
 * Id and secret of `client_secret_basic` are form-encoded before they are joined (RFC 6749, 2.3.1), and many clients do not do
 * that. What cannot be decoded, or names a client only as it stands, was not encoded: it is brought into the encoded form that the
 * library reads. Whether a decodable secret was meant as it stands is tried when it is compared (`plainSecretOf`).
 */
export async function acceptPlainBasic(services: Services, req: IncomingMessage, path: string): Promise<void> {
  if (!authenticated.has(path)) return;
  const plain = readBasic(req.headers.authorization);
  if (plain === undefined) return;
  const { byClientId } = await systemDirectory(services);
  const id = byClientId.has(plain.id) ? plain.id : decoded(plain.id);
  const secret = decoded(plain.secret);
  if (id === undefined || secret === undefined || id !== decoded(plain.id)) {
    const pair = `${encodeURIComponent(id ?? plain.id)}:${encodeURIComponent(secret ?? plain.secret)}`;
    req.headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
}

/** The secret of a Basic header as it stands, without decoding. */
export function plainSecretOf(header: string | undefined): string | undefined {
  return readBasic(header)?.secret;
}

/**
 * A header that cannot be read proves nothing: 401 `invalid_client` with a challenge (RFC 6749, 5.2), where the library says
 * `invalid_request`.
 */
export function refuseUnreadable(issuer: string, ctx: KoaContextWithOIDC, state: RequestState): void {
  const header = ctx.headers.authorization;
  const refused = state.failure?.error === 'invalid_request' || state.failure?.error === 'invalid_client';
  if (header === undefined || !refused || !authenticated.has(ctx.path) || readBasic(header) !== undefined) return;
  const error = 'invalid_client';
  const description = 'the Authorization header cannot be read; send Basic with the client id and secret';
  ctx.status = 401;
  ctx.set('WWW-Authenticate', `Basic realm="${issuer}", error="${error}", error_description="${description}"`);
  ctx.body = { error, error_description: description };
  state.failure = { ...state.failure, error, cause: state.failure?.cause };
}

/** VSCHAR (RFC 6749, appendix A): what an id and a secret may hold. */
const printable = /^[\x20-\x7e]+$/;

interface Pair {
  readonly id: string;
  readonly secret: string;
}

function readBasic(header: string | undefined): Pair | undefined {
  const [, token] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? '') ?? [];
  if (token === undefined || token.replace(/=+$/, '').length % 4 === 1) return undefined;
  const text = Buffer.from(token, 'base64').toString('utf8');
  const at = text.indexOf(':');
  if (at < 1 || at === text.length - 1 || !printable.test(text)) return undefined;
  return { id: text.slice(0, at), secret: text.slice(at + 1) };
}

/** RFC 6749, appendix B; undefined for what was never encoded. */
function decoded(text: string): string | undefined {
  try {
    const plain = decodeURIComponent(text.replaceAll('+', '%20'));
    return printable.test(plain) ? plain : undefined;
  } catch {
    return undefined;
  }
}
