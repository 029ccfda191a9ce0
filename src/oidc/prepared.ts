import { createHash } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { KeyRing } from '#actions/keys/ring.ts';
import type { Services } from '#actions/services.ts';
import { sendTogether } from '#platform/send-together.ts';
import { discoveryPaths, paths } from './paths.ts';
import type { Execute } from './run.ts';

interface Prepared {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string | number>>;
}

/** Discovery and JWKS as bytes with an ETag, made once for each set of keys: they are asked for more than anything else. */
export class PreparedAnswers {
  readonly #answers: ReadonlyMap<string, Prepared>;

  private constructor(answers: ReadonlyMap<string, Prepared>) {
    this.#answers = answers;
  }

  static async of(services: Services, provider: Provider, execute: Execute, ring: KeyRing): Promise<PreparedAnswers> {
    const discovery = prepare(await discoveryOf(services, provider, execute));
    const answers = new Map(discoveryPaths.map((path) => [path, discovery]));
    return new PreparedAnswers(answers.set(paths.jwks, prepare({ keys: ring.published })));
  }

  /** @returns whether the request was one of these and has been answered. */
  answer(req: IncomingMessage, res: ServerResponse, path: string): boolean {
    const prepared = this.#answers.get(path);
    if (prepared === undefined || (req.method !== 'GET' && req.method !== 'HEAD')) return false;
    if (req.headers['if-none-match'] === prepared.etag) {
      res.writeHead(304, { ETag: prepared.etag, 'Cache-Control': 'public, max-age=60' });
      sendTogether(res);
      return true;
    }
    res.writeHead(200, prepared.headers);
    sendTogether(res, req.method === 'HEAD' ? undefined : prepared.bytes);
    return true;
  }
}

function prepare(document: object): Prepared {
  const bytes = Buffer.from(JSON.stringify(document));
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  return {
    bytes,
    etag,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': bytes.length,
      'Cache-Control': 'public, max-age=60',
      'Access-Control-Allow-Origin': '*',
      ETag: etag,
    },
  };
}

/** What the library says of itself (OIDC Discovery, 3), with what the hub does instead of it. */
async function discoveryOf(services: Services, provider: Provider, execute: Execute): Promise<object> {
  const req = new IncomingMessage(new Socket());
  req.method = 'GET';
  req.url = discoveryPaths[0] ?? '/';
  req.headers.host = new URL(services.settings.issuer).host;
  const ctx = provider.createContext(req, new ServerResponse(req)) as unknown as KoaContextWithOIDC;
  await execute(ctx);
  const { origin } = new URL(services.settings.issuer);
  return {
    ...(ctx.body as object),
    // The implicit flow is an exception for single systems, nothing to build on.
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    // The library's own end-session page is off; these are the hub's (OIDC RP-Initiated and Back-Channel Logout 1.0).
    end_session_endpoint: `${origin}${paths.end_session}`,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
  };
}
