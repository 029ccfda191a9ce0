/** The provider library by itself: its own in-memory adapter (with room for a whole run), a plain form, no record, no log. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type ClientMetadata, type Configuration, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';
import LRU from 'oidc-provider/lib/helpers/lru.js';
import { robot, systems } from '../company.ts';
import { obey } from './control.ts';

const port = Number(process.env.HUB_PORT);
const issuer = `http://localhost:${port}`;
const store = new LRU({ maxSize: 10_000_000 });
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
/** As many as the hub's default policy gives a sales representative. */
const permissions = Array.from({ length: 24 }, (_, n) => `domain${n}:read`);

const clients: ClientMetadata[] = [
  ...Object.values(systems).map(({ id, secret, redirectUri }) => ({
    client_id: id,
    client_secret: secret,
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    id_token_signed_response_alg: 'ES256' as const,
  })),
  {
    client_id: robot.id,
    client_secret: robot.secret,
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
    id_token_signed_response_alg: 'ES256',
    scope: robot.scope,
  },
];

const configuration: Configuration = {
  adapter: (model: string) => new MemoryAdapter(model, store, 10),
  claims: {
    openid: ['sub', 'acr', 'amr', 'auth_time', 'sid'],
    profile: ['name', 'given_name', 'family_name', 'preferred_username'],
    email: ['email', 'email_verified'],
    roles: ['roles', 'permissions'],
  },
  clients,
  conformIdTokenClaims: false,
  cookies: { keys: [] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    userinfo: { enabled: true },
  },
  findAccount: (_ctx, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      name: 'Person Number',
      given_name: 'Person',
      family_name: 'Number',
      preferred_username: id,
      email: id,
      email_verified: false,
      roles: ['sales-rep'],
      permissions,
    }),
  }),
  interactions: { url: (_ctx, interaction) => `/sign-in/${interaction.uid}` },
  issueRefreshToken: async () => true,
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] },
  loadExistingGrant: grantOf,
  pkce: { required: () => true },
  responseTypes: ['code'],
  routes: {
    authorization: '/authorize',
    token: '/token',
    userinfo: '/userinfo',
    jwks: '/jwks',
    introspection: '/introspect',
  },
  scopes: ['openid', 'offline_access', robot.scope],
  ttl: {
    AccessToken: 300,
    ClientCredentials: 300,
    AuthorizationCode: 60,
    RefreshToken: 86_400,
    Session: 86_400,
    Grant: 86_400,
    IdToken: 300,
    Interaction: 1800,
  },
};

const provider = new Provider(issuer, configuration);

/** The library's recipe for first parties: whoever is signed in has granted what is asked for. */
async function grantOf(ctx: KoaContextWithOIDC) {
  const { client, session, params, result } = ctx.oidc;
  if (client === undefined || session?.accountId === undefined) return undefined;
  const known = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  if (known !== undefined) return provider.Grant.find(known);
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(String(params?.scope));
  await grant.save();
  return grant;
}

async function signIn(req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.method === 'GET') {
    const { uid } = await provider.interactionDetails(req, res);
    const body = `<!doctype html><title>Sign in</title><form method="post" action="/sign-in/${uid}"><input name="identifier"><input name="password" type="password"><button>Sign in</button></form>`;
    res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': Buffer.byteLength(body) });
    res.end(body);
    return;
  }
  let body = '';
  for await (const chunk of req.setEncoding('utf8')) body += chunk;
  const accountId = new URLSearchParams(body).get('identifier') ?? '';
  await provider.interactionFinished(req, res, { login: { accountId, amr: ['pwd'] } });
}

const callback = provider.callback();
const server = createServer((req, res) => {
  if (req.url?.startsWith('/sign-in/') !== true) return void callback(req, res);
  signIn(req, res).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    res.writeHead(500).end();
  });
});
server.listen(port, '127.0.0.1', () => {
  obey(issuer, async () => server.closeAllConnections());
});
