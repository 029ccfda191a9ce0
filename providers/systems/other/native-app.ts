import type { SystemModule } from '#domain/providers/system-module.ts';

/** Desktop or mobile app. */
export const nativeApp: SystemModule = {
  id: 'native-app',
  title: 'Desktop or mobile app',
  sides: ['crm', 'erp', 'other'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username'],
  nativeRoles: {},
  nativeClaim: { name: 'native_roles', shape: 'list' },
  reconcile: ['replace', 'add-only'],
  protocols: ['oidc'],
  client: {
    auth: 'none',
    redirectUris: ['http://127.0.0.1/callback'],
    deviceFlow: true,
    scopes: ['openid', 'profile', 'email'],
  },
  guide: [
    {
      step: 'AppAuth, oidc-agent or another library for native apps (RFC 8252)',
      fields: [
        ['Issuer', '{issuer}'],
        ['Client ID', '{clientId}'],
        ['Redirect URI', '{redirectUri} with any port'],
        ['Scope', '{scopes}'],
        ['Device authorization endpoint', '{issuer}/device/auth'],
      ],
    },
  ],
  matching: { by: 'sub', field: 'what the application keeps of its users', nobody: 'depends' },
  signOut: 'none',
  evidence: 'D: RFC 8252 loopback redirect with any port, PKCE; RFC 8628 device flow. A stand-in runs.',
};
