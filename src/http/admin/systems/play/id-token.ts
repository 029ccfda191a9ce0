import type { Request } from 'express';
import { createLocalJWKSet, decodeProtectedHeader, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import type { TemplateValues } from '#domain/providers/values.ts';
import type { Stored } from '#storage/collection.ts';
import type { System } from '#storage/collections.ts';
import { callSelf, json } from './call-self.ts';
import type { Step } from './step.ts';

/** What a product checks of an ID token: signature, algorithm, issuer, audience, time and nonce (OpenID Connect Core, 3.1.3.7). */
export async function checkIdToken(
  { req, system, at, nonce }: { req: Request; system: Stored<System>; at: TemplateValues; nonce: string },
  token: string,
): Promise<{ step: Step; claims?: Record<string, unknown> }> {
  const step = { name: 'idToken', by: 'product', request: `GET ${at.jwks}` } as const;
  try {
    const { kid = '–', alg = '–' } = decodeProtectedHeader(token);
    const keys = json((await callSelf(req, at.jwks ?? '')).text) as unknown as JSONWebKeySet;
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer: at.issuer ?? '',
      audience: system.clientId,
      algorithms: [system.idTokenAlg],
    });
    const values = { kid, alg };
    if (payload.nonce !== nonce) return { step: { ...step, ok: false, code: 'nonce', values } };
    return { step: { ...step, ok: true, code: 'verified', values }, claims: payload };
  } catch (error) {
    const values = { error: error instanceof errors.JOSEError ? error.code : 'invalid', description: '' };
    return { step: { ...step, ok: false, code: 'idTokenBad', values } };
  }
}
