import type { AdapterPayload } from 'oidc-provider';
import type { Artifact } from '#storage/collections.ts';

/** The record of a payload: without the secret id, with the fields that the hub looks things up by. */
export function artifactOf(payload: AdapterPayload): Artifact {
  const { jti: _jti, consumed: _consumed, ...rest } = payload;
  return {
    payload: rest,
    ...(payload.accountId === undefined ? {} : { account: payload.accountId }),
    ...(payload.clientId === undefined ? {} : { client: payload.clientId }),
    ...(payload.grantId === undefined ? {} : { grant: payload.grantId }),
    ...(payload.sessionUid === undefined ? {} : { session: payload.sessionUid }),
  };
}

/** Back to what the library saved; the id is what the client holds. */
export function payloadOf(record: Artifact, jti: string): AdapterPayload {
  return { ...record.payload, jti } as AdapterPayload;
}
