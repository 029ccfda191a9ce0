import type { AdapterPayload } from 'oidc-provider';
import type { Artifact } from '#storage/collections.ts';

/** The record of a payload: without the secret id, and nothing in it twice. */
export function artifactOf(payload: AdapterPayload): Artifact {
  const {
    jti: _jti,
    kind: _kind,
    consumed: _consumed,
    accountId: account,
    clientId: client,
    grantId: grant,
    sessionUid: session,
    ...rest
  } = payload;
  return {
    payload: rest,
    ...(account === undefined ? {} : { account }),
    ...(client === undefined ? {} : { client }),
    ...(grant === undefined ? {} : { grant }),
    ...(session === undefined ? {} : { session }),
  };
}

/** Back to what the library saved; the id is what the client holds. */
export function payloadOf(record: Artifact, jti: string): AdapterPayload {
  const { payload, account, client, grant, session } = record;
  return {
    ...payload,
    jti,
    ...(account === undefined ? {} : { accountId: account }),
    ...(client === undefined ? {} : { clientId: client }),
    ...(grant === undefined ? {} : { grantId: grant }),
    ...(session === undefined ? {} : { sessionUid: session }),
  } as AdapterPayload;
}
