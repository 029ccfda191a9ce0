import type { SystemModule } from '#domain/providers/system-module.ts';

/** Axelor, through pac4j. Groups and roles are set at sign-in; losing the last role changes nothing there. */
export const axelor: SystemModule = {
  id: 'axelor',
  title: 'Axelor',
  sides: ['erp', 'crm'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username'],
  nativeRoles: {},
  nativeClaim: { name: 'roles', shape: 'list' },
  reconcile: ['replace'],
  protocols: ['oidc'],
  client: {
    auth: 'client_secret_basic',
    redirectUris: ['{base}/callback?client_name=OidcClient'],
    postLogoutRedirectUris: ['{base}/'],
    launchUri: '{base}/',
    scopes: ['openid', 'profile', 'email', 'roles'],
  },
  guide: [
    {
      step: 'axelor-config.properties',
      fields: [
        ['auth.callback-url', '{base}/callback'],
        ['auth.user.provisioning', 'link'],
        ['auth.logout.central', 'true'],
        ['auth.provider.gatehouse.client', 'org.pac4j.oidc.client.OidcClient'],
        ['auth.provider.gatehouse.configuration', 'org.pac4j.oidc.config.OidcConfiguration'],
        ['auth.provider.gatehouse.client-id', '{clientId}'],
        ['auth.provider.gatehouse.secret', '{clientSecret}'],
        ['auth.provider.gatehouse.discovery-uri', '{discovery}'],
        ['auth.provider.gatehouse.scope', '{scopes}'],
      ],
    },
  ],
  matching: { by: 'preferred_username', field: 'user code', nobody: 'created' },
  signOut: 'own-button',
  quirks: [
    {
      code: 'axelor-last-role',
      text: 'Roles are replaced only when at least one arrives: somebody who loses the last one keeps it. Disable the user there.',
    },
  ],
  evidence:
    'S D (2026-06): pac4j, settings by class name, user by code, roles by name, empty set changes nothing. G: labels. Not run.',
};
