import type { SystemModule } from '#domain/providers/system-module.ts';

/** Single-page application (browser). */
export const spa: SystemModule = {
  id: 'spa',
  title: 'Single-page application (browser)',
  sides: ['crm', 'erp', 'other'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username'],
  nativeRoles: {},
  nativeClaim: { name: 'native_roles', shape: 'list' },
  reconcile: ['replace', 'add-only'],
  protocols: ['oidc'],
  client: {
    auth: 'none',
    redirectUris: ['{base}/callback'],
    postLogoutRedirectUris: ['{base}/'],
    launchUri: '{base}/',
    scopes: ['openid', 'profile', 'email', 'roles'],
  },
  guide: [
    {
      step: 'oidc-client-ts → new UserManager({ … })',
      fields: [
        ['authority', '{issuer}'],
        ['client_id', '{clientId}'],
        ['redirect_uri', '{redirectUri}'],
        ['response_type', 'code'],
        ['scope', '{scopes}'],
      ],
    },
  ],
  matching: { by: 'sub', field: 'what the application keeps of its users', nobody: 'depends' },
  signOut: 'own-button',
  quirks: [
    {
      code: 'spa-tokens',
      text: 'Tokens live in the browser. A server of its own that keeps them is safer for accounting data.',
    },
  ],
  evidence: 'D: public client with PKCE, CORS from its own origin, rotating refresh tokens. A stand-in runs.',
};
