import type { SystemModule } from '#domain/providers/system-module.ts';

/** InvenTree, by django-allauth; groups come with the sign-in. */
export const inventree: SystemModule = {
  id: 'inventree',
  title: 'InvenTree',
  sides: ['erp'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username'],
  nativeRoles: {},
  nativeClaim: { name: 'groups', shape: 'list' },
  reconcile: ['replace', 'add-only'],
  protocols: ['oidc'],
  client: {
    auth: 'client_secret_basic',
    redirectUris: ['{base}/accounts/{id}/login/callback/'],
    launchUri: '{base}/',
    scopes: ['openid', 'profile', 'email', 'roles'],
  },
  guide: [
    {
      step: 'config.yaml',
      fields: [
        ['social_backends', 'allauth.socialaccount.providers.openid_connect'],
        ['social_providers.openid_connect.OAUTH_PKCE_ENABLED', 'true'],
        ['social_providers.openid_connect.APPS[0].provider_id', '{id}'],
        ['social_providers.openid_connect.APPS[0].client_id', '{clientId}'],
        ['social_providers.openid_connect.APPS[0].secret', '{clientSecret}'],
        ['social_providers.openid_connect.APPS[0].settings.server_url', '{discovery}'],
      ],
    },
    {
      step: 'Settings → Login Settings',
      fields: [
        ['Enable SSO', 'yes'],
        ['Enable SSO group sync', 'yes'],
        ['SSO group key', 'groups'],
        ['SSO group map', '{"<native role>": "<group of InvenTree>"}'],
      ],
    },
  ],
  matching: { by: 'sub', field: 'connected account, else the email where allauth may', nobody: 'depends' },
  signOut: 'none',
  quirks: [
    { code: 'inventree-remove-groups', text: 'Groups are taken away only when “Remove groups outside of SSO” is on.' },
  ],
  evidence: 'S D: django-allauth, group key and map, missing groups are made, removal optional. G: labels. Not run.',
};
