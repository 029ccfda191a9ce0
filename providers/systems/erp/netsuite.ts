import type { SystemModule } from '#domain/providers/system-module.ts';

/** Oracle NetSuite, by its OpenID Connect sign-on. User and role have to exist there. */
export const netsuite: SystemModule = {
  id: 'netsuite',
  title: 'Oracle NetSuite',
  sides: ['erp', 'crm'],
  subject: 'pairwise',
  claims: ['name', 'email', 'preferred_username'],
  nativeRoles: {
    'opportunity:write': ['SALES_PERSON'],
    'order:write': ['SALES_PERSON'],
    'price:approve': ['SALES_MANAGER'],
    'invoice:write': ['AR_CLERK'],
    'supplier-invoice:write': ['AP_CLERK'],
    'finance:write': ['ACCOUNTANT'],
    'purchase:write': ['BUYER'],
    'stock:adjust': ['WAREHOUSE_MANAGER'],
  },
  reconcile: ['replace', 'add-only'],
  protocols: ['oidc'],
  client: {
    auth: 'client_secret_basic',
    redirectUris: ['{base}/app/login/secure/oidclogin.nl'],
    postLogoutRedirectUris: ['{base}/'],
    launchUri: '{base}/app/login/secure/oidclogin.nl',
    scopes: ['openid', 'email'],
  },
  guide: [
    {
      step: 'Setup → Integration → Manage Authentication → OpenID Connect (OIDC) Single Sign-on',
      fields: [
        ['OpenID Provider Name', 'Gatehouse'],
        ['Client ID', '{clientId}'],
        ['Client Secret', '{clientSecret}'],
        ['Discovery URL', '{discovery}'],
        ['Redirect URI', '{redirectUri}'],
        ['Signing Algorithm', 'RS256'],
      ],
    },
    {
      step: 'Setup → Users/Roles → Manage Roles → (role) → Permissions → Setup',
      fields: [['Permission', 'OpenID Connect (OIDC) Single Sign-on']],
    },
  ],
  matching: { by: 'email', field: 'email of the user', nobody: 'refused' },
  signOut: 'own-button',
  quirks: [
    {
      code: 'netsuite-role',
      text: 'Each user needs a role that holds the OIDC permission; otherwise NetSuite refuses the sign-in.',
    },
  ],
  evidence:
    'D: code, Basic only, discovery preferred, RS256, email equals the user’s, RP-initiated logout only; role ids D. Not run.',
};
