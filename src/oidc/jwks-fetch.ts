import type { Services } from '#actions/services.ts';
import { systemDirectory } from '#actions/systems/directory.ts';
import { guardedFetch } from '#platform/outbound.ts';

/**
 * The only thing the library fetches is a system's `jwksUri`: through the outbound guard, with that system's allow-list.
 */
export async function fetchJwks(services: Services, url: string | URL, options: RequestInit = {}): Promise<Response> {
  const address = String(url);
  const system = (await systemDirectory(services)).all.find(({ jwksUri }) => {
    return jwksUri !== undefined && URL.parse(jwksUri)?.href === address;
  });
  if (system === undefined) throw new Error('no system has this jwksUri');
  return guardedFetch(address, {
    allow: system.outbound.allow,
    allowLoopback: !services.settings.production,
    timeoutMs: 5_000,
    maxBytes: 100_000,
    method: 'GET',
    headers: { accept: 'application/json', ...Object.fromEntries(new Headers(options.headers)) },
  });
}
