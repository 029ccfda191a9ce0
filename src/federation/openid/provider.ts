import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretPost,
  Configuration,
  customFetch,
  enableNonRepudiationChecks,
  None,
  type ServerMetadata,
} from 'openid-client';
import type { Services } from '#actions/services.ts';
import { openSourceSecret } from '#actions/sources/record.ts';
import { webAddressFault } from '#domain/systems/addresses.ts';
import { guardedFetch } from '#platform/outbound.ts';
import type { Stored } from '#storage/collection.ts';
import type { OpenIdSourceRecord } from '#storage/collections.ts';

export type OpenIdRecord = Stored<OpenIdSourceRecord>;

/** A source that cannot be asked, or answers what no source may. `cause` is for the record and the log. */
export class SourceFault extends Error {
  readonly reason: string;

  constructor(reason: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SourceFault';
    this.reason = reason;
  }
}

/** A discovery document, a key set or a token answer is far smaller. */
const maxBytes = 262_144;
const timeoutMs = 5_000;
/** How long what was discovered is believed. */
const keptMs = 10 * 60_000;

type Fetch = (
  url: string,
  options: { readonly method?: string; readonly headers?: unknown; readonly body?: unknown },
) => Promise<Response>;

/** Every request to a source goes through the outbound guard. */
export function fetchFor(services: Services, source: Pick<OpenIdRecord, 'outbound'>): Fetch {
  return (url, { method, headers, body }) =>
    guardedFetch(url, {
      allow: source.outbound.allow,
      allowLoopback: !services.settings.production,
      timeoutMs,
      maxBytes,
      method: method === 'POST' ? 'POST' : 'GET',
      headers: Object.fromEntries(new Headers(headers as Record<string, string>)),
      ...(body === undefined || body === null ? {} : { body: String(body) }),
    });
}

const found = new WeakMap<Services, Map<string, { key: number; until: number; config: Promise<Configuration> }>>();

/** The provider behind a source, as it describes itself now or did in the last ten minutes. @throws SourceFault */
export function providerOf(services: Services, source: OpenIdRecord): Promise<Configuration> {
  const kept = found.get(services) ?? new Map();
  found.set(services, kept);
  const now = services.clock.now();
  const known = kept.get(source.id);
  const key = source.version;
  if (known !== undefined && known.key === key && known.until > now) return known.config;
  const config = discover(services, source);
  kept.set(source.id, { key, until: now + keptMs, config });
  config.catch(() => kept.delete(source.id));
  return config;
}

/** Asks the source to describe itself (OpenID Connect Discovery 1.0, 4). @throws SourceFault */
export async function discover(services: Services, source: OpenIdRecord): Promise<Configuration> {
  const metadata = await describe(services, source);
  const secret = openSourceSecret(services, source) ?? '';
  const auth = {
    client_secret_basic: basic(secret),
    client_secret_post: ClientSecretPost(secret),
    none: None(),
  };
  // At most the algorithms of the source, whatever the provider offers: the library takes what stands here.
  const offered = metadata.id_token_signing_alg_values_supported ?? ['RS256'];
  const algs = source.algs.filter((alg) => offered.includes(alg));
  if (algs.length === 0)
    throw new SourceFault('no-algorithm', `signs with ${offered.join(', ')}, none of which this source takes`);
  const config = new Configuration(
    { ...metadata, id_token_signing_alg_values_supported: algs },
    source.clientId,
    {},
    auth[source.auth],
  );
  config[customFetch] = fetchFor(services, source) as NonNullable<Configuration[typeof customFetch]>;
  config.timeout = timeoutMs / 1000;
  enableNonRepudiationChecks(config);
  // Plain http stands only where registration allows it: on this machine and in the company's own network.
  if (source.issuer.startsWith('http:')) allowInsecureRequests(config);
  return config;
}

/**
 * Client id and secret in the header, encoded as a form is (RFC 6749, 2.3.1). The library's own also encodes `-`, `.` and `_`, which is allowed,
 * but providers that take the header as it stands (Glewlwyd) then know neither.
 */
function basic(secret: string): ClientAuth {
  const encoded = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);
  return (_as, client, _body, headers) => {
    const pair = `${encoded(client.client_id)}:${encoded(secret)}`;
    headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  };
}

async function describe(services: Services, source: OpenIdRecord): Promise<ServerMetadata> {
  const address = `${source.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  let document: unknown;
  try {
    const answer = await fetchFor(services, source)(address, {
      method: 'GET',
      headers: { accept: 'application/json' },
    });
    if (answer.status !== 200) throw new SourceFault('unreachable', `${address} answers ${answer.status}`);
    document = await answer.json();
  } catch (error) {
    if (error instanceof SourceFault) throw error;
    throw new SourceFault('unreachable', `${address} cannot be read: ${reasonOf(error)}`, error);
  }
  if (typeof document !== 'object' || document === null) throw new SourceFault('unreachable', 'describes nothing');
  const metadata = document as ServerMetadata;
  if (metadata.issuer !== source.issuer && metadata.issuer !== source.issuer.replace(/\/$/, ''))
    throw new SourceFault('wrong-issuer', `says it is ${String(metadata.issuer).slice(0, 200)}, not ${source.issuer}`);
  for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const) {
    const wrong = typeof metadata[name] === 'string' ? webAddressFault(metadata[name]) : 'is missing';
    if (wrong !== undefined) throw new SourceFault('unfit', `its ${name} ${wrong}`);
  }
  return metadata;
}

/** What went wrong, in the words of whoever found it. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
