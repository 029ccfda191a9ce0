import { type Client, type Configuration, ExternalSigningKey, errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { KeyRing } from '#actions/keys/ring.ts';
import type { Services } from '#actions/services.ts';
import { systemByClientId } from '#actions/systems/directory.ts';
import { acrValues, glassMethod } from '#domain/assurance.ts';
import { standardClaims } from '#domain/claims/claims.ts';
import type { Signer } from '#platform/jws.ts';
import { findAccount, subjectFor } from './accounts.ts';
import { unitOf } from './adapter/context.ts';
import { createAdapter } from './adapter/index.ts';
import { checkAssertion, checkSignatures } from './assertion.ts';
import { cookieNames } from './cookies.ts';
import { askedFrom, leadToEnd, userCodeMask } from './device/device.ts';
import { isRefreshTooOld } from './entry/limits.ts';
import { settleScope } from './entry/scope.ts';
import { mayIntrospect } from './introspection.ts';
import { fetchJwks } from './jwks-fetch.ts';
import type { ErrorPages } from './pages.ts';
import { interactionPaths, paths } from './paths.ts';
import { createPolicy } from './policy.ts';
import { keepForBrowser } from './pushed-request.ts';
import { apiClaims, apiOf, keepApiToken } from './resources.ts';
import { fapiCodeSeconds, implicitTokenSeconds, rulesOf } from './rules.ts';
import { checkBearer } from './userinfo.ts';

/** Seconds a clock may be off in what others sign. */
const clockTolerance = 10;

/**
 * The provider library's configuration. Everything it leaves open or decides otherwise than contract.md is decided here or
 * in the files named here (the table in README.md here).
 */
export function configurationFor(services: Services, ring: KeyRing, pages: ErrorPages): Configuration {
  const { lifetimes, issuer } = services.settings;
  const seconds = (ms: number) => Math.max(1, Math.floor(ms / 1000));
  const names = cookieNames(services);
  const secure = issuer.startsWith('https:');
  const cookie = { httpOnly: true, sameSite: 'lax', secure, signed: false } as const;
  return {
    adapter: createAdapter(services),
    acrValues: [...acrValues],
    // Only for who knows the implicit flow alone; findAccount refuses the others.
    acceptQueryParamAccessTokens: true,
    allowOmittingSingleRegisteredRedirectUri: false,
    assertJwtClientAuthClaimsAndHeader: async (ctx, claims, header) => {
      checkAssertion(services, claims, header, clockTolerance);
      checkSignatures(ctx, header);
      unitOf(services).state.nextMark = 'assertion';
    },
    claims: claimsByScope(services),
    clientBasedCORS: (ctx, origin, client) => mayCall(ctx.oidc.route, origin, client),
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    clockTolerance,
    conformIdTokenClaims: false,
    cookies: {
      names: { session: names.session, interaction: names.interaction, resume: names.resume },
      long: { ...cookie, path: '/' },
      short: cookie,
      keys: [],
    },
    enabledJWA: {
      clientAuthSigningAlgValues: ['RS256', 'PS256', 'ES256', 'Ed25519', 'EdDSA'],
      dPoPSigningAlgValues: ['ES256', 'PS256', 'RS256', 'Ed25519', 'EdDSA'],
      idTokenSigningAlgValues: ['RS256', 'ES256'],
    },
    // Everything dies with the session that it came from.
    expiresWithSession: async () => true,
    // The library calls this for each authorization request, pushed ones too, once everything else about it was checked.
    extraParams: { scope: (ctx) => settleScope(services, ctx) },
    extraTokenClaims: (ctx, token) => apiClaims(services, ctx, token),
    features: {
      backchannelLogout: { enabled: false },
      // For `acr` and `auth_time`; what else may be in a token is cut to the scopes in accounts.ts.
      claimsParameter: { enabled: true },
      clientCredentials: { enabled: true },
      deviceFlow: {
        enabled: true,
        charset: 'base-20',
        mask: userCodeMask,
        deviceInfo: (ctx) => askedFrom(services, ctx),
        successSource: async (ctx) => leadToEnd(ctx),
        userCodeInputSource: async (ctx, _form, _out, error) => leadToEnd(ctx, error),
      },
      devInteractions: { enabled: false },
      dPoP: { enabled: true },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      introspection: {
        enabled: true,
        allowedPolicy: async (ctx, client, token) => mayIntrospect(services, ctx, client, token),
      },
      pushedAuthorizationRequests: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (ctx, resource, client) => apiOf(services, ctx, resource, client),
        useGrantedResource: async () => false,
      },
      revocation: { enabled: true, allowedPolicy: async (_ctx, client, token) => mayRevoke(client, token.clientId) },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: true },
    },
    fetch: (url, options) => fetchJwks(services, url instanceof Request ? url.url : url, options),
    fetchResponseBodyLimits: { jwks_uri: 100_000 },
    formats: {
      customizers: {
        jwt: (_ctx, token, jwt) => {
          keepApiToken(services, token, jwt.payload);
        },
      },
    },
    findAccount: async (ctx, id, token) => {
      if (token?.kind === 'RefreshToken' && (await isRefreshTooOld(services, token))) return undefined;
      if (ctx.oidc.route === 'userinfo') checkBearer(ctx);
      return findAccount(services, ctx, id);
    },
    interactions: {
      policy: createPolicy(services) as NonNullable<Configuration['interactions']>['policy'],
      url: (ctx, interaction) => interactionUrl(services, ctx, interaction.prompt.name, interaction.uid),
    },
    issueRefreshToken: async (_ctx, client, source) => {
      const system = await systemByClientId(services, client.clientId);
      if (system === undefined || !client.grantTypeAllowed('refresh_token')) return false;
      return system.refresh || source.scopes.has('offline_access');
    },
    jwks: { keys: signingKeys(ring) },
    pairwiseIdentifier: (_ctx, person, client) => subjectFor(services, person, client),
    pkce: { required: (_ctx, client) => rulesOf(client).pkce === 'required' },
    renderError: async (ctx, out, error) => {
      const page = await pages.render(ctx.req, {
        status: ctx.status,
        error: out.error,
        ...(out.error_description === undefined ? {} : { description: out.error_description }),
        cause: error,
      });
      ctx.type = 'html';
      ctx.set(page.headers);
      ctx.body = page.body;
    },
    responseTypes: ['code'],
    rotateRefreshToken: async (ctx) => {
      const system = await systemByClientId(services, ctx.oidc.client?.clientId ?? '');
      return system?.rotateRefresh ?? true;
    },
    routes: paths,
    scopes: ['openid', 'offline_access'],
    subjectTypes: ['public', 'pairwise'],
    ttl: {
      AccessToken: (_ctx, token) => {
        const usual = token.resourceServer?.accessTokenTTL ?? seconds(lifetimes.accessToken);
        return token.gty === 'implicit' ? Math.min(usual, implicitTokenSeconds) : usual;
      },
      AuthorizationCode: (_ctx, _code, client) => {
        const usual = seconds(lifetimes.code);
        return rulesOf(client).profile === 'fapi2' ? Math.min(usual, fapiCodeSeconds) : usual;
      },
      ClientCredentials: seconds(lifetimes.accessToken),
      DeviceCode: seconds(lifetimes.deviceCode),
      Grant: seconds(lifetimes.session),
      IdToken: seconds(lifetimes.accessToken),
      Interaction: seconds(lifetimes.interaction),
      RefreshToken: (ctx) => untilCeiling(services, ctx),
      Session: (_ctx, session) => {
        const now = Math.floor(services.clock.now() / 1000);
        const sealed = session.amr?.includes(glassMethod) === true;
        const ceiling = sealed ? services.settings.breakGlass.session : lifetimes.session;
        const left = (session.authTime() ?? now) + seconds(ceiling) - now;
        return Math.max(1, Math.min(seconds(lifetimes.sessionIdle), left));
      },
    },
  };
}

/** A browser's script may call for a public client, from where that client is at home; for others it has no business here. */
function mayCall(route: string, origin: string, client: Client): boolean {
  if (route !== 'userinfo' && client.tokenEndpointAuthMethod !== 'none') return false;
  return (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin && origin !== 'null');
}

/** Only the client that a token was issued to may revoke it (RFC 7009, 2.1); a public one proves nothing, so it learns nothing. */
function mayRevoke(client: Client, issuedTo: string | undefined): boolean {
  if (client.clientId === issuedTo) return true;
  if (client.tokenEndpointAuthMethod === 'none') return false;
  throw new errors.InvalidRequest('this token was issued to another client');
}

/** Refresh tokens live as long as their session can at most (contract.md, "lifetimes"). */
function untilCeiling(services: Services, ctx: KoaContextWithOIDC | undefined): number {
  const ceiling = Math.floor(services.settings.lifetimes.session / 1000);
  const source =
    ctx?.oidc.entities.RotatedRefreshToken ?? ctx?.oidc.entities.AuthorizationCode ?? ctx?.oidc.entities.DeviceCode;
  const signedIn = source?.authTime;
  if (signedIn === undefined) return ceiling;
  return Math.max(1, Math.min(ceiling, signedIn + ceiling - Math.floor(services.clock.now() / 1000)));
}

async function interactionUrl(
  services: Services,
  ctx: KoaContextWithOIDC,
  prompt: string,
  uid: string,
): Promise<string> {
  const pushed = ctx.oidc.entities.PushedAuthorizationRequest as { jti: string } | undefined;
  if (pushed !== undefined) keepForBrowser(services, ctx, pushed.jti);
  const path = interactionPaths[prompt as keyof typeof interactionPaths];
  if (path === undefined) throw new errors.InvalidRequest(`there is no page for the prompt ${prompt}`);
  return `${path}/${uid}`;
}

/** Scope -> claims; a system's module decides which of them it has at all. */
function claimsByScope(services: Services): NonNullable<Configuration['claims']> {
  const native = [...services.modules.values()].flatMap((module) => module.nativeClaim?.name ?? []);
  return {
    openid: [...standardClaims.openid],
    profile: [...standardClaims.profile],
    email: [...standardClaims.email],
    roles: [...new Set(['roles', 'permissions', ...native])],
  };
}

class HubKey extends ExternalSigningKey {
  readonly #signer: Signer;

  constructor(signer: Signer) {
    super();
    this.#signer = signer;
    const named = this as unknown as { kid: string; alg: string };
    named.kid = signer.kid;
    named.alg = signer.alg;
  }

  override keyObject() {
    return this.#signer.publicKey;
  }

  override sign(data: Uint8Array): Uint8Array {
    return this.#signer.sign(data);
  }
}

function signingKeys(ring: KeyRing): NonNullable<Configuration['jwks']>['keys'] {
  const keys = (['ES256', 'RS256'] as const).map((alg) => new HubKey(ring.signer(alg)));
  return keys as unknown as NonNullable<Configuration['jwks']>['keys'];
}
