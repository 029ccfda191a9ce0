import { createHash, timingSafeEqual } from 'node:crypto';
import { type Client, type ClientMetadata, errors, Provider } from 'oidc-provider';
import type { Services } from '#actions/services.ts';
import { systemDirectory } from '#actions/systems/directory.ts';
import { openClientSecret, openPreviousSecret } from '#actions/systems/record.ts';
import { type ProtocolRules, protocolRules } from '#domain/systems/protocol.ts';
import type { Stored } from '#storage/collection.ts';
import type { System } from '#storage/collections.ts';
import { plainSecretOf } from './basic-auth.ts';
import { hubClientId, hubRedirectUri } from './hub-client.ts';
import { noteRules, rulesOf } from './rules.ts';

export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
export const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** The parts of the library's client class that the hub overrides. */
interface ClientClass {
  new (metadata: ClientMetadata): Client;
  find(id: string): Promise<Client | undefined>;
}

interface OwnClient {
  subjectType: string;
  applicationType: string;
  includeSid(): boolean;
  compareClientSecret(actual: string): boolean;
  grantTypeAllowed(type: string): boolean;
  responseTypeAllowed(type: string): boolean;
}

/**
 * Clients are the systems of the store. They are built once per version of a system; a change holds at the next request.
 * A disabled system is no client.
 */
export function useSystemsAsClients(services: Services, provider: Provider): void {
  const clientClass = provider.Client as unknown as ClientClass;
  const built = new Map<string, { stamp: string; client: Client | undefined }>();
  const hub = own(new clientClass(hubMetadata(services)), { secrets: () => [], post: false, native: false });
  clientClass.find = async (id) => {
    if (id === hubClientId) return hub;
    if (typeof id !== 'string') return undefined;
    const system = (await systemDirectory(services)).byClientId.get(id);
    if (system === undefined || !system.enabled) return undefined;
    const cached = built.get(id);
    // A system that was removed and made anew begins with version 1 again.
    const stamp = `${system.version} ${system.createdAt}`;
    if (cached?.stamp === stamp) return cached.client;
    const client = build(services, clientClass, system);
    built.set(id, { stamp, client });
    return client;
  };
}

function build(services: Services, clientClass: ClientClass, system: Stored<System>): Client | undefined {
  try {
    const rules = protocolRules(system, services.modules.get(system.provider));
    // Who signs in by SAML alone has no credentials here.
    if (rules.protocol === 'saml' && system.redirectUris.length === 0 && system.machine === undefined) return undefined;
    const client = own(new clientClass(metadataOf(system, rules)), {
      secrets: secretsOf(services, system),
      post: system.auth === 'client_secret_post',
      native: isNative(system),
    });
    noteRules(client, rules);
    return client;
  } catch (error) {
    services.log.error({ err: error, system: system.id }, 'this system cannot be used as a client; check its settings');
    return undefined;
  }
}

/** Hashes of the secrets that are good at the moment of asking: during a rotation the one before too, until it expires. */
function secretsOf(services: Services, system: Stored<System>): () => readonly Buffer[] {
  const secret = openClientSecret(services, system);
  if (secret === undefined) return () => [];
  const previous = openPreviousSecret(services, system);
  const current = [hash(secret)];
  if (previous === undefined) return () => current;
  const both = [...current, hash(previous.secret)];
  return () => (services.clock.now() < previous.until ? both : current);
}

const hash = (value: string): Buffer => createHash('sha256').update(value).digest();

/**
 * What the library leaves open about a client: exactly the registered secret style is taken, `sid` is in every ID token,
 * `sub` is the link's, and a grant type that is not its own has the error of that name. These are set on the built client because as metadata they would bring rules we do not need (one
 * redirect host per pairwise client).
 */
function own(client: Client, registered: { secrets: () => readonly Buffer[]; post: boolean; native: boolean }): Client {
  const target = client as unknown as OwnClient;
  target.subjectType = 'pairwise';
  if (registered.native) target.applicationType = 'native';
  target.includeSid = () => true;
  const allowed = client.grantTypeAllowed.bind(client);
  target.grantTypeAllowed = (type) => {
    if (allowed(type)) return true;
    const { oidc } = Provider.ctx ?? {};
    // The library says `invalid_request`; RFC 6749, 5.2, has a name for it.
    if (oidc?.route === 'token' && oidc.params?.grant_type === type) {
      throw new errors.UnauthorizedClient('requested grant type is not allowed for this client');
    }
    return false;
  };
  target.responseTypeAllowed = (type) => {
    if (type === 'code' ? (client.responseTypes ?? []).includes(type) : type === 'token' && rulesOf(client).implicit)
      return true;
    // To a system without the exception the hub knows no other type than `code`, as discovery says.
    throw new errors.UnsupportedResponseType();
  };
  target.compareClientSecret = (actual) => {
    const byHeader = Provider.ctx?.headers.authorization !== undefined;
    if (byHeader === registered.post) return false;
    // In a header it may be form-encoded or as it stands; in the body there is one form.
    const plain = byHeader ? plainSecretOf(Provider.ctx?.headers.authorization) : undefined;
    const given = [hash(actual), hash(plain ?? actual)];
    // Every pair is compared, so that the time says nothing of which.
    const equal = registered.secrets().flatMap((secret) => given.map((one) => timingSafeEqual(one, secret)));
    return equal.filter(Boolean).length > 0;
  };
  return client;
}

/** An app on a device: its loopback redirect may come with any port (RFC 8252, 7.3). */
function isNative(system: System): boolean {
  return (
    system.auth === 'none' &&
    system.redirectUris.length > 0 &&
    system.redirectUris.every((uri) => !uri.startsWith('https:'))
  );
}

function metadataOf(system: Stored<System>, rules: ProtocolRules): ClientMetadata {
  const byRedirect = system.redirectUris.length > 0;
  const byDevice = system.deviceFlow === true;
  const entry = byRedirect || byDevice;
  const grants = [
    ...(byRedirect ? ['authorization_code'] : []),
    ...(byDevice ? [deviceGrant] : []),
    ...(entry ? ['refresh_token'] : []),
    ...(system.machine === undefined || system.auth === 'none' ? [] : ['client_credentials']),
    ...(entry && system.auth !== 'none' ? [tokenExchange] : []),
  ];
  return {
    client_id: system.clientId,
    client_name: system.title,
    redirect_uris: system.redirectUris,
    post_logout_redirect_uris: system.postLogoutRedirectUris,
    response_types: byRedirect ? ['code'] : [],
    response_modes: ['query', 'fragment', 'form_post'],
    grant_types: grants,
    token_endpoint_auth_method: system.auth,
    id_token_signed_response_alg: system.idTokenAlg,
    application_type: isNative(system) ? 'native' : 'web',
    require_pushed_authorization_requests: system.par || rules.profile === 'fapi2',
    dpop_bound_access_tokens: rules.dpop === 'required',
    // The real one is compared above; the library only wants to see that there is one.
    ...(system.clientSecretSealed === undefined ? {} : { client_secret: 'kept-elsewhere' }),
    ...(system.jwks === undefined ? {} : { jwks: system.jwks }),
    ...(system.jwksUri === undefined ? {} : { jwks_uri: system.jwksUri }),
  } as ClientMetadata;
}

function hubMetadata(services: Services): ClientMetadata {
  return {
    client_id: hubClientId,
    client_name: 'Gatehouse',
    redirect_uris: [hubRedirectUri(services)],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    token_endpoint_auth_method: 'none',
    id_token_signed_response_alg: 'ES256',
  };
}
