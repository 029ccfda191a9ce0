import type { SystemModule } from '#domain/providers/system-module.ts';

/** Odoo’s own auth_oauth: the implicit flow alone. It takes any access token that userinfo answers for, so the hub answers for its own client alone. */
export const odooImplicit: SystemModule = {
  id: 'odoo-implicit',
  title: 'Odoo (built-in OAuth, implicit flow)',
  sides: ['erp', 'crm'],
  subject: 'public',
  claims: ['name', 'email', 'preferred_username'],
  nativeRoles: {},
  reconcile: ['replace', 'add-only'],
  exceptions: [
    { rule: 'response-type-token', because: 'Odoo’s own auth_oauth knows response_type=token alone (seen on 18).' },
  ],
  protocols: ['oidc'],
  client: {
    auth: 'none',
    redirectUris: ['{base}/auth_oauth/signin'],
    launchUri: '{base}/web/login',
    implicit: true,
    scopes: ['openid', 'profile', 'email'],
  },
  guide: [
    {
      step: 'Settings → Users & Companies → OAuth Providers → New',
      fields: [
        ['Provider name', 'Gatehouse'],
        ['Client ID', '{clientId}'],
        ['Authorization URL', '{authorize}'],
        ['Scope', '{scopes}'],
        ['UserInfo URL', '{userinfo}'],
        ['Allowed', 'yes'],
      ],
    },
    {
      step: 'Settings → Technical → System Parameters',
      fields: [['auth_oauth.authorization_header', 'True']],
    },
  ],
  matching: { by: 'sub', field: 'OAuth User ID (oauth_uid)', nobody: 'depends' },
  signOut: 'none',
  connector: 'odoo',
  quirks: [
    {
      code: 'odoo-token-in-log',
      text: 'The access token reaches Odoo’s access log unless auth_oauth.authorization_header is set. Prefer the module auth_oidc.',
    },
  ],
  evidence:
    'R S: Odoo 18: response_type=token, userinfo with the token in the query, no nonce, no audience check, user by sub.',
};
