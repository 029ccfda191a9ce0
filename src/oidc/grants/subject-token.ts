import { errors, type Provider } from 'oidc-provider';
import { keyRing } from '#actions/keys/ring.ts';
import type { Services } from '#actions/services.ts';
import { looksLikeJwt, verifyJwt } from '#platform/jws.ts';
import { findApiToken } from '../api-tokens.ts';

/** The person and session behind a token that a system holds. */
export interface SubjectToken {
  readonly account: string;
  readonly grant?: string | undefined;
  /** Public id of the session. */
  readonly session?: string | undefined;
  /** Thumbprint of the key it is bound to (RFC 9449, 6). */
  readonly key?: string | undefined;
}

/**
 * The access token a system wants to exchange: live, issued to this very system, for a person, and not itself exchanged.
 * @throws InvalidGrant otherwise; nothing says which of these it was.
 */
export async function readSubjectToken(
  services: Services,
  provider: Provider,
  clientId: string,
  token: string,
): Promise<SubjectToken> {
  const subject = looksLikeJwt(token)
    ? await fromJwt(services, clientId, token)
    : await fromOpaque(provider, clientId, token);
  if (subject === undefined) throw new errors.InvalidGrant('subject_token is not a live access token of this system');
  return subject;
}

async function fromOpaque(provider: Provider, clientId: string, token: string): Promise<SubjectToken | undefined> {
  const found = await provider.AccessToken.find(token);
  if (found === undefined || found.clientId !== clientId || found.grantId === undefined) return undefined;
  if ((await provider.Grant.find(found.grantId)) === undefined) return undefined;
  return { account: found.accountId, grant: found.grantId, session: found.sessionUid, key: found.jkt };
}

async function fromJwt(services: Services, clientId: string, token: string): Promise<SubjectToken | undefined> {
  const ring = await keyRing(services);
  const verified = verifyJwt(token, (kid) => ring.verifier(kid), 'at+jwt');
  const { jti, exp, iss, cnf } = verified?.claims ?? {};
  if (iss !== services.settings.issuer || typeof jti !== 'string') return undefined;
  if (typeof exp !== 'number' || exp * 1000 <= services.clock.now()) return undefined;
  const record = await findApiToken(services, jti);
  if (record?.account === undefined || record.client !== clientId || record.payload.exchanged === true)
    return undefined;
  return { account: record.account, grant: record.grant, session: record.session, key: thumbprintOf(cnf) };
}

function thumbprintOf(cnf: unknown): string | undefined {
  const { jkt } = (cnf ?? {}) as { jkt?: unknown };
  return typeof jkt === 'string' ? jkt : undefined;
}
