import type { SystemModule } from '#domain/providers/system-module.ts';

/** iDempiere, by its OpenID Connect provider of the SSO plug-in. People choose a role that they hold there. */
export const idempiere: SystemModule = {
  id: 'idempiere',
  title: 'iDempiere',
  sides: ['erp'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username'],
  nativeRoles: {},
  exceptions: [{ rule: 'no-pkce', because: 'Its SSO client sends no code_challenge (read in its source).' }],
  protocols: ['oidc'],
  client: {
    auth: 'client_secret_basic',
    redirectUris: ['{base}/webui/index.zul', '{base}/idempiereMonitor/home', '{base}/osgi/system/console'],
    postLogoutRedirectUris: ['{base}/webui/index.zul'],
    launchUri: '{base}/webui/',
    pkce: 'optional',
    scopes: ['openid', 'profile', 'email'],
  },
  guide: [
    {
      step: 'System → SSO Configuration → New',
      fields: [
        ['SSO Provider', 'OpenID Connect'],
        ['SSO Discovery URI', '{discovery}'],
        ['SSO Client ID', '{clientId}'],
        ['SSO Client Secret', '{clientSecret}'],
        ['SSO Scope', '{scopes}'],
        ['SSO Redirect URI', '{redirectUri}'],
      ],
    },
    {
      step: 'System → Tenant → (tenant)',
      fields: [['Authentication Type', 'SSO']],
    },
    {
      step: 'System → System Configurator',
      fields: [['USE_EMAIL_FOR_LOGIN', 'Y']],
    },
  ],
  matching: { by: 'email', field: 'email of AD_User; without USE_EMAIL_FOR_LOGIN the display name', nobody: 'refused' },
  signOut: 'own-button',
  quirks: [
    {
      code: 'idempiere-display-name',
      text: 'Without USE_EMAIL_FOR_LOGIN it looks people up by their display name, which two people may share. Set it to Y.',
    },
  ],
  evidence:
    'S (2026-08): code, no PKCE, Basic, userinfo, ID token not validated, RP-initiated logout without a hint. G: labels. Not run.',
};
