import { createRemoteJWKSet, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { RelyingParty } from './relying-party.ts';

const event = 'http://schemas.openid.net/event/backchannel-logout';

/** How old a token may be, in seconds; as long as its `jti` is remembered. */
const maxAge = 300;

/** Judges logout tokens (OIDC Back-Channel Logout 1.0, 2.6): signature, issuer, audience, event, and each once only. */
export class LogoutTokens {
  readonly #party: RelyingParty;
  readonly #seen = new Map<string, number>();
  #keys: JWTVerifyGetKey | undefined;

  constructor(party: RelyingParty) {
    this.#party = party;
  }

  /** @throws Error when the token is none, or not for this system, or was used before */
  async read(token: string): Promise<{ sid: string | undefined; sub: string | undefined }> {
    const metadata = (await this.#party.hub()).serverMetadata();
    this.#keys ??= createRemoteJWKSet(new URL(metadata.jwks_uri ?? ''));
    const { payload } = await jwtVerify(token, this.#keys, {
      issuer: metadata.issuer,
      audience: this.#party.config.clientId,
      algorithms: ['RS256', 'ES256'],
      typ: 'logout+jwt',
      requiredClaims: ['iat', 'jti', 'events'],
      maxTokenAge: maxAge,
      clockTolerance: 10,
    });
    const { events, sid, sub, jti = '' } = payload;
    if (typeof events !== 'object' || events === null || !(event in events)) throw new Error('not a logout token');
    if (payload.nonce !== undefined) throw new Error('a logout token has no nonce');
    if (typeof sid !== 'string' && sub === undefined) throw new Error('neither sid nor sub');
    this.#spend(jti);
    return { sid: typeof sid === 'string' ? sid : undefined, sub };
  }

  #spend(jti: string): void {
    const now = Date.now();
    for (const [old, until] of this.#seen) {
      if (until > now) break;
      this.#seen.delete(old);
    }
    if (this.#seen.has(jti)) throw new Error('used before');
    this.#seen.set(jti, now + (maxAge + 20) * 1000);
  }
}
