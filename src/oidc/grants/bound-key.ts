import { type Client, errors, type Provider, type TokenEndpointGrantContext } from 'oidc-provider';
import validateDpop, { checkDpopReplay } from 'oidc-provider/lib/helpers/validate_dpop.js';
import { rulesOf } from '../rules.ts';

/**
 * Which key a token that comes of another is bound to (RFC 9449, 5). A bound token is good only with its key, so exchanging
 * it takes a proof of that same key and gives a token bound to it: otherwise whoever stole the token, and cannot use it,
 * could turn it into one that anybody can use. Who shows a key without having to gets a bound token as well.
 *
 * Certificates (RFC 8705) bind nothing here: mutual TLS is off, so no token has an `x5t#S256`.
 *
 * @param subject thumbprint of the key that the subject token is bound to, if it is
 * @returns the thumbprint for `cnf.jkt`, or undefined for a bearer token
 * @throws InvalidGrant when the key of the subject token is not proven, InvalidDpopProof when the proof is none
 */
export async function boundKey(
  provider: Provider,
  ctx: TokenEndpointGrantContext<object>,
  subject: string | undefined,
): Promise<string | undefined> {
  const proof = await validateDpop(provider, ctx);
  requireProof(ctx.oidc.client, proof);
  if (subject !== undefined && proof?.thumbprint !== subject) {
    throw new errors.InvalidGrant('subject_token is bound to a key; send a DPoP proof of that key');
  }
  await checkDpopReplay(provider, ctx, proof, ctx.oidc.client.clientId);
  return proof?.thumbprint;
}

/** A system with `dpop: required` gets tokens for a key alone. The library asks at code and refresh; this is for the hub's own grants. */
export function requireProof(client: Client, proof: object | undefined): void {
  if (proof === undefined && rulesOf(client).dpop === 'required') {
    throw new errors.InvalidGrant('DPoP proof JWT not provided');
  }
}
