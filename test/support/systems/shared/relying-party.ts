import * as openid from 'openid-client';
import { type Flow, Flows } from './flows.ts';
import { type Profile, randomName, type Session, type Tokens } from './sessions.ts';

/** All that a system is told about the hub. */
export interface SystemConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where this system itself is reached; no trailing slash. */
  readonly baseUrl: string;
}

const scope = 'openid profile email roles';

/** Tokens this close to their end are refreshed before use, in milliseconds. */
const margin = 20_000;

/** The system's half of OpenID Connect: code with PKCE (S256), state and nonce; refresh; sign-out at the hub. */
export class RelyingParty {
  readonly config: SystemConfig;
  readonly #flows = new Flows();
  #discovered: Promise<openid.Configuration> | undefined;
  readonly #refreshing = new Map<string, Promise<void>>();

  constructor(config: SystemConfig) {
    this.config = config;
  }

  /** The hub's metadata, asked for when first needed; a failure is not kept, so the hub may start later. */
  hub(): Promise<openid.Configuration> {
    this.#discovered ??= this.#discover().catch((error: unknown) => {
      this.#discovered = undefined;
      throw error;
    });
    return this.#discovered;
  }

  async #discover(): Promise<openid.Configuration> {
    const { issuer, clientId, clientSecret } = this.config;
    const plain = issuer.startsWith('http:') ? [openid.allowInsecureRequests] : [];
    const hub = await openid.discovery(new URL(issuer), clientId, {}, openid.ClientSecretBasic(clientSecret), {
      execute: [...plain, openid.enableNonRepudiationChecks],
    });
    return hub;
  }

  get #callback(): string {
    return `${this.config.baseUrl}/callback`;
  }

  /** The address at the hub where this browser signs in. */
  async start(browser: string, returnTo: string): Promise<string> {
    const hub = await this.hub();
    const verifier = openid.randomPKCECodeVerifier();
    const [state, nonce] = [randomName(), randomName()];
    this.#flows.add(state, { browser, verifier, nonce, returnTo, startedAt: Date.now() });
    return openid.buildAuthorizationUrl(hub, {
      redirect_uri: this.#callback,
      scope,
      state,
      nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).href;
  }

  /** The flow that an answer belongs to, if this browser started it and it has not been answered. */
  flowOf(state: string, browser: string | undefined): Flow | undefined {
    return this.#flows.take(state, browser);
  }

  /** Redeems the code. @throws openid.AuthorizationResponseError, openid.ResponseBodyError, openid.ClientError */
  async finish(
    answer: URLSearchParams,
    flow: Flow,
  ): Promise<{ sid: string | undefined; profile: Profile; tokens: Tokens }> {
    const hub = await this.hub();
    const url = new URL(`${this.#callback}?${answer}`);
    const granted = await openid.authorizationCodeGrant(hub, url, {
      pkceCodeVerifier: flow.verifier,
      expectedNonce: flow.nonce,
      expectedState: answer.get('state') ?? '',
      idTokenExpected: true,
    });
    const claims = granted.claims();
    const { id_token: idToken } = granted;
    if (claims === undefined || idToken === undefined) throw new Error('the answer has no ID token');
    return {
      sid: textOf(claims.sid),
      profile: await this.#profile(granted.access_token, claims.sub),
      tokens: tokensOf(granted, idToken, undefined),
    };
  }

  /** Makes sure that the session's access token can be used. @throws openid.ResponseBodyError when the hub ended the stay */
  async keepFresh(session: Session): Promise<void> {
    if (session.tokens.expiresAt - margin > Date.now() || session.tokens.refreshToken === undefined) return;
    let running = this.#refreshing.get(session.id);
    if (running === undefined) {
      running = this.#refresh(session).finally(() => this.#refreshing.delete(session.id));
      this.#refreshing.set(session.id, running);
    }
    return running;
  }

  async #refresh(session: Session): Promise<void> {
    const hub = await this.hub();
    const { refreshToken = '', idToken } = session.tokens;
    const granted = await openid.refreshTokenGrant(hub, refreshToken);
    session.profile = await this.#profile(granted.access_token, session.profile.sub);
    session.tokens = tokensOf(granted, granted.id_token ?? idToken, refreshToken);
  }

  async #profile(accessToken: string, sub: string): Promise<Profile> {
    const claims = await openid.fetchUserInfo(await this.hub(), accessToken, sub);
    const login = textOf(claims.preferred_username) ?? textOf(claims.email) ?? sub;
    return {
      sub,
      login,
      name: textOf(claims.name) ?? login,
      permissions: textsOf(claims.permissions),
      roles: textsOf(claims.roles),
    };
  }

  /** The address at the hub that ends the person's session there (OIDC RP-Initiated Logout 1.0). */
  async endSession(session: Session): Promise<string> {
    return openid.buildEndSessionUrl(await this.hub(), {
      id_token_hint: session.tokens.idToken,
      post_logout_redirect_uri: `${this.config.baseUrl}/signed-out`,
    }).href;
  }

  /** A token for another system's API in the person's name (RFC 8693). @throws openid.ResponseBodyError */
  async exchange(session: Session, audience: string): Promise<string> {
    await this.keepFresh(session);
    const granted = await openid.genericGrantRequest(
      await this.hub(),
      'urn:ietf:params:oauth:grant-type:token-exchange',
      {
        subject_token: session.tokens.accessToken,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        audience,
      },
    );
    return granted.access_token;
  }
}

type Granted = openid.TokenEndpointResponse & openid.TokenEndpointResponseHelpers;

function tokensOf(granted: Granted, idToken: string, refreshToken: string | undefined): Tokens {
  return {
    accessToken: granted.access_token,
    refreshToken: granted.refresh_token ?? refreshToken,
    idToken,
    expiresAt: Date.now() + (granted.expiresIn() ?? 0) * 1000,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
