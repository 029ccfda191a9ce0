import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { RelyingParty } from '../shared/relying-party.ts';

/**
 * Guards an API as any resource server would (RFC 9068, 4): signature by the hub's published keys under an algorithm from a
 * list, `typ`, issuer, audience and time; then the permission that the endpoint asks for. Nothing is asked of the hub per call.
 */
export function apiGuard(party: RelyingParty, audience: string): (permission: string) => RequestHandler {
  let keys: JWTVerifyGetKey | undefined;

  const verified = async (token: string): Promise<JWTPayload> => {
    const metadata = (await party.hub()).serverMetadata();
    keys ??= createRemoteJWKSet(new URL(metadata.jwks_uri ?? ''));
    const { payload } = await jwtVerify(token, keys, {
      issuer: metadata.issuer,
      audience,
      algorithms: ['ES256', 'RS256'],
      typ: 'at+jwt',
      requiredClaims: ['exp', 'iat', 'sub', 'client_id', 'jti'],
      clockTolerance: 5,
    });
    return payload;
  };

  return (permission) => async (req: Request, res: Response, next: NextFunction) => {
    const [scheme, token] = (req.headers.authorization ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || token === undefined) {
      res.set('WWW-Authenticate', 'Bearer').status(401).json({ error: 'missing_token' });
      return;
    }
    let payload: JWTPayload;
    try {
      payload = await verified(token);
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      res.set('WWW-Authenticate', 'Bearer error="invalid_token"').status(401).json({ error: 'invalid_token' });
      return;
    }
    const { permissions } = payload;
    if (!Array.isArray(permissions) || !permissions.includes(permission)) {
      res.set('WWW-Authenticate', 'Bearer error="insufficient_scope"');
      res.status(403).json({ error: 'insufficient_scope', permission });
      return;
    }
    next();
  };
}
