import { fillTemplate } from './guide.ts';
import type { SystemModule, Template } from './system-module.ts';

/** Values for the `{…}` of a template, by name; a name without a value stays visible. */
export type TemplateValues = Readonly<Record<string, string | undefined>>;

/** The addresses of the hub that a product asks for, by the names that templates use (OpenID Connect Discovery 1.0, 3). */
export function hubAddresses(issuer: string): TemplateValues {
  return {
    issuer,
    discovery: `${issuer}/.well-known/openid-configuration`,
    authorize: `${issuer}/authorize`,
    token: `${issuer}/token`,
    userinfo: `${issuer}/userinfo`,
    jwks: `${issuer}/jwks`,
    endSession: `${issuer}/end-session`,
    samlMetadata: `${issuer}/saml/metadata`,
    samlSso: `${issuer}/saml/sso`,
    samlSlo: `${issuer}/saml/slo`,
    scim: `${issuer}/scim/v2`,
  };
}

/** What of a system goes into templates. */
export interface Described {
  readonly id: string;
  readonly clientId: string;
  readonly redirectUris?: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The product's own address without a slash at its end: `settings.url`, else where its first redirect URI lives. */
export function baseOf({
  settings,
  redirectUris = [],
}: Pick<Described, 'settings' | 'redirectUris'>): string | undefined {
  if (typeof settings.url === 'string') return settings.url.replace(/\/+$/, '');
  const url = URL.parse(redirectUris[0] ?? '');
  return url === null || !url.protocol.startsWith('http') ? undefined : url.origin;
}

/** Values of one system for its module's templates. @param secret only while it may be shown */
export function systemValues(
  module: Pick<SystemModule, 'client'>,
  system: Described,
  issuer: string,
  secret?: string,
): TemplateValues {
  const settings = Object.entries(system.settings).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' || typeof value === 'number' ? [[`settings.${name}`, String(value)]] : [],
  );
  return {
    ...hubAddresses(issuer),
    base: baseOf(system),
    id: system.id,
    clientId: system.clientId,
    clientSecret: secret,
    redirectUri: system.redirectUris?.[0],
    scopes: scopesOf(module).join(' '),
    ...Object.fromEntries(settings),
  };
}

/** What the product asks for at sign-in. */
export function scopesOf({ client }: Pick<SystemModule, 'client'>): readonly string[] {
  return client?.scopes ?? ['openid', 'profile', 'email', 'roles'];
}

/** Every text of a module that is filled in at registration or in its guide, for one protocol. */
export function templatesOf(
  { client, saml, guide = [], protocols = ['oidc'] }: SystemModule,
  protocol: 'oidc' | 'saml' | undefined = protocols[0],
): Template[] {
  const ofClient = protocol === 'oidc' &&
    client && [
      ...client.redirectUris,
      ...(client.postLogoutRedirectUris ?? []),
      client.backchannelLogoutUri ?? '',
      client.launchUri ?? '',
    ];
  const ofSaml = protocol === 'saml' && saml && [saml.entityId, ...saml.acs, saml.slo?.url ?? '', saml.launchUri ?? ''];
  const steps = guide.filter((step) => step.protocol === undefined || step.protocol === protocol);
  return [...(ofClient || []), ...(ofSaml || []), ...steps.flatMap(({ fields }) => fields.map(([, value]) => value))];
}

/** Names under `settings` that the module's templates need, in the order in which they appear: the wizard asks for each. */
export function askedSettings(module: SystemModule): readonly string[] {
  const names = templatesOf(module).flatMap((text) =>
    [...text.matchAll(/\{settings\.([A-Za-z]+)\}/g)].map(([, name]) => name ?? ''),
  );
  return [...new Set(names)].filter((name) => name !== 'url');
}

/** Does any address of the product hang on its own address? */
export function needsBase(module: SystemModule): boolean {
  return module.client === undefined || templatesOf(module).some((text) => text.includes('{base}'));
}

/** A template with its values, and which names had none. */
export function filled(template: Template, values: TemplateValues): { text: string; missing: readonly string[] } {
  const text = fillTemplate(template, values);
  return { text, missing: [...text.matchAll(/\{([A-Za-z][A-Za-z.]*)\}/g)].map(([, name]) => name ?? '') };
}
