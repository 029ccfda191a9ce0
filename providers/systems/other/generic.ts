import type { SystemModule } from '#domain/providers/system-module.ts';

/** Any OpenID Connect client: standard claims, and the hub’s own `roles` and `permissions`. */
export const generic: SystemModule = {
  id: 'generic',
  title: 'Any OpenID Connect application',
  sides: ['crm', 'erp', 'other'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username', 'updated_at', 'locale', 'zoneinfo'],
  nativeRoles: {},
  nativeClaim: { name: 'native_roles', shape: 'list' },
  reconcile: ['replace', 'add-only'],
  protocols: ['oidc'],
  client: {
    auth: 'client_secret_basic',
    redirectUris: ['{base}/callback'],
    postLogoutRedirectUris: ['{base}/'],
    launchUri: '{base}/',
    scopes: ['openid', 'profile', 'email', 'roles'],
  },
  matching: { by: 'sub', field: 'what the application keeps of its users', nobody: 'depends' },
  signOut: 'own-button',
  evidence: 'R: the sample CRM and ERP of this project use it with openid-client 6.',
};
