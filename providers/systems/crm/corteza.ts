import type { SystemModule } from '#domain/providers/system-module.ts';

/** Corteza, through goth: OpenID Connect by issuer. */
export const corteza: SystemModule = {
  id: 'corteza',
  title: 'Corteza',
  sides: ['crm'],
  subject: 'pairwise',
  claims: ['name', 'email', 'preferred_username'],
  nativeRoles: {},
  reconcile: ['replace', 'add-only'],
  exceptions: [{ rule: 'no-pkce', because: 'Its library goth sends no code_challenge (read in its source).' }],
  protocols: ['oidc'],
  client: {
    auth: 'client_secret_basic',
    redirectUris: ['{base}/auth/external/openid-connect.{id}/callback'],
    launchUri: '{base}/auth/external/openid-connect.{id}',
    pkce: 'optional',
    scopes: ['openid', 'email'],
  },
  guide: [
    {
      step: 'Admin → System → Settings → External Authentication Providers → OpenID Connect → Add',
      fields: [
        ['Handle', '{id}'],
        ['Issuer', '{issuer}'],
        ['Client key', '{clientId}'],
        ['Secret', '{clientSecret}'],
        ['Scope', '{scopes}'],
      ],
    },
  ],
  matching: { by: 'sub', field: 'stored credential, else the email address', nobody: 'created' },
  signOut: 'none',
  connector: 'scim',
  quirks: [
    {
      code: 'corteza-email-confirmed',
      text: 'It takes over an existing account with the same email and marks the address as confirmed. Verify addresses first.',
    },
  ],
  evidence:
    'S (2024-10): goth, discovery by issuer, scope email, credential then e-mail, small SCIM. G: labels, no PKCE. Not run.',
};
