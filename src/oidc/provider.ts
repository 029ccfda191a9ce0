import { Provider } from 'oidc-provider';
import internals from 'oidc-provider/lib/helpers/weak_cache.js';
import type { KeyRing } from '#actions/keys/ring.ts';
import type { Services } from '#actions/services.ts';
import { unitOf } from './adapter/context.ts';
import { useSystemsAsClients } from './clients.ts';
import { configurationFor } from './configuration.ts';
import { slowDownPolling } from './device/polling.ts';
import { registerClientCredentials } from './grants/client-credentials.ts';
import { registerTokenExchange } from './grants/token-exchange.ts';
import type { ErrorPages } from './pages.ts';
import { useDecidedClaims } from './released-claims.ts';
import { responseModes } from './response-modes.ts';

/** The events under which the library tells why it refused. */
const refusals = [
  'authorization.error',
  'grant.error',
  'introspection.error',
  'revocation.error',
  'userinfo.error',
  'pushed_authorization_request.error',
  'device_authorization.error',
  'device_resume.error',
  'server_error',
] as const;

/** A provider over one set of keys; when keys change, another takes its place. */
export function createProvider(services: Services, ring: KeyRing, pages: ErrorPages): Provider {
  const { issuer } = services.settings;
  const provider = new Provider(issuer, configurationFor(services, ring, pages));
  fixAddresses(provider, issuer);
  // The library takes it for no type of its own, and answers it all the same (RFC 6749, 4.2); who may ask for it: clients.ts.
  internals(provider).configuration.responseTypes.push('token');
  for (const [mode, respond] of responseModes(pages)) internals(provider).responseModes.set(mode, respond);
  // Nobody listens to "saved" and the like (audit is written from the outcome), and each is spelled anew by its kind.
  internals(provider).BaseModel.prototype.emit = () => {};
  useDecidedClaims(provider);
  useSystemsAsClients(services, provider);
  registerClientCredentials(services, provider);
  registerTokenExchange(services, provider);
  slowDownPolling(services, provider);
  for (const event of refusals) {
    provider.on(event as 'grant.error', (_ctx, error) => noteFailure(services, error));
  }
  return provider;
}

function noteFailure(services: Services, error: Error & { error?: string; error_detail?: unknown }): void {
  unitOf(services).state.failure = {
    error: error.error ?? 'server_error',
    cause: error,
    ...(typeof error.error_detail === 'string' ? { detail: error.error_detail } : {}),
  };
}

/** Every absolute address comes from the configured issuer, whatever `Host` and `X-Forwarded-*` say. */
function fixAddresses(provider: Provider, issuer: string): void {
  const { origin, host, hostname, protocol } = new URL(issuer);
  const fixed = (value: unknown) => ({ configurable: true, get: () => value });
  Object.defineProperties(provider.request, {
    origin: fixed(origin),
    host: fixed(host),
    hostname: fixed(hostname),
    protocol: fixed(protocol.slice(0, -1)),
    secure: fixed(protocol === 'https:'),
    href: {
      configurable: true,
      get(this: { originalUrl: string }) {
        return `${origin}${this.originalUrl.startsWith('/') ? this.originalUrl : '/'}`;
      },
    },
  });
}
