import { type GuideLine, guideOf } from '#domain/providers/guide.ts';
import { scopesOf, systemValues } from '#domain/providers/values.ts';
import { protocolRules } from '#domain/systems/protocol.ts';
import type { Stored } from '#storage/collection.ts';
import type { System } from '#storage/collections.ts';
import type { Services } from '../services.ts';
import { bySecret } from './secret.ts';

/** What stands for the secret where it can no longer be shown. */
export const secretPlaceholder = '{clientSecret}';

/**
 * What to type into the product, field by field, with this system's real values; a product without a guide of its own gets
 * the values that every client asks for.
 * @param secret only in the answer that made it; later `{clientSecret}` stands in its place
 */
export function guideFor({ modules, settings }: Services, system: Stored<System>, secret?: string): GuideLine[] {
  const module = modules.get(system.provider);
  const values = systemValues(module ?? {}, system, settings.issuer, secret);
  const own = module === undefined ? [] : guideOf(module, protocolOf(system), values);
  if (own.length > 0) return own;
  const step = 'OpenID Connect';
  const line = (field: string, value: string | undefined): GuideLine[] =>
    value === undefined ? [] : [{ step, field, value }];
  return [
    ...line('Issuer', values.issuer),
    ...line('Discovery document', values.discovery),
    ...line('Client ID', system.clientId),
    ...line('Client secret', bySecret(system.auth) ? (secret ?? secretPlaceholder) : undefined),
    ...line('Client authentication', system.auth),
    ...system.redirectUris.flatMap((uri) => line('Redirect URI', uri)),
    ...line('PKCE', protocolRules(system, module).pkce === 'required' ? 'S256' : undefined),
    ...line('Scopes', scopesOf(module ?? {}).join(' ')),
    ...system.postLogoutRedirectUris.flatMap((uri) => line('Post-logout redirect URI', uri)),
  ];
}

/** Systems without the key speak OpenID Connect. */
export function protocolOf({ protocol = 'oidc' }: Pick<System, 'protocol'>): 'oidc' | 'saml' {
  return protocol;
}
