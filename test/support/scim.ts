import { type BootedHub, bootHub } from './booted.ts';

/** What a SCIM client got. */
export interface ScimAnswered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads out of an answer it asserts
  readonly body: any;
  readonly text: string;
}

export type ScimCaller = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<ScimAnswered>;

/** A client of the SCIM server with this token. */
export function scimCaller(issuer: string, token: string | undefined): ScimCaller {
  return async (method, path, body, headers = {}) => {
    const answer = await fetch(`${issuer}/scim/v2${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: text === '' ? undefined : JSON.parse(text) };
  };
}

/** A hub with a SCIM client, whose system id is `robot-hub-scim`. */
export async function scimHub(
  t: { after(end: () => Promise<void>): void },
  options: Parameters<typeof bootHub>[1] = {},
): Promise<{ hub: BootedHub; token: string; call: ScimCaller }> {
  const hub = await bootHub(t, options);
  const token = await hub.token('hub:scim');
  return { hub, token, call: scimCaller(hub.issuer, token) };
}

export const userOf = (userName: string, more: object = {}): object => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName,
  ...more,
});

export const patchOf = (...Operations: object[]): object => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
});

export const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
