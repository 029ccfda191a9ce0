import type { SystemModule } from '#domain/providers/system-module.ts';

/** Dolibarr. Its login may not hold `@` by default, so people need a username, or a login for this system. */
export const dolibarr: SystemModule = {
  id: 'dolibarr',
  title: 'Dolibarr',
  sides: ['erp', 'crm'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username'],
  // Paths of rights, for provisioning over REST; a sign-in brings none.
  nativeRoles: {
    'customer:read': ['societe->lire', 'societe->client->voir'],
    'customer:write': ['societe->creer'],
    'order:read': ['commande->lire'],
    'order:write': ['commande->creer'],
    'invoice:read': ['facture->lire'],
    'invoice:write': ['facture->creer'],
    'payment:write': ['facture->paiement'],
    'supplier:read': ['fournisseur->lire'],
  },
  reconcile: ['replace', 'add-only'],
  exceptions: [{ rule: 'no-pkce', because: 'Its OpenID Connect module sends no code_challenge (seen on 20).' }],
  protocols: ['oidc'],
  client: {
    auth: 'client_secret_post',
    redirectUris: [
      '{base}/core/modules/openid_connect/callback.php',
      '{base}/index.php?mainmenu=home&leftmenu=&openid_mode=true',
    ],
    postLogoutRedirectUris: ['{base}/'],
    launchUri: '{base}/',
    pkce: 'optional',
    scopes: ['openid', 'profile', 'email'],
  },
  guide: [
    {
      step: 'conf/conf.php',
      fields: [['$dolibarr_main_authentication', 'openid_connect,dolibarr']],
    },
    {
      step: 'Home → Setup → Other Setup (or Setup → Modules → OpenID Connect from 21 on)',
      fields: [
        ['MAIN_AUTHENTICATION_OIDC_LOGIN_CLAIM', 'preferred_username'],
        ['MAIN_AUTHENTICATION_OIDC_CLIENT_ID', '{clientId}'],
        ['MAIN_AUTHENTICATION_OIDC_CLIENT_SECRET', '{clientSecret}'],
        ['MAIN_AUTHENTICATION_OIDC_SCOPES', '{scopes}'],
        ['MAIN_AUTHENTICATION_OIDC_AUTHORIZE_URL', '{authorize}'],
        ['MAIN_AUTHENTICATION_OIDC_TOKEN_URL', '{token}'],
        ['MAIN_AUTHENTICATION_OIDC_USERINFO_URL', '{userinfo}'],
        ['MAIN_AUTHENTICATION_OIDC_REDIRECT_URL', '{redirectUri}'],
        ['MAIN_AUTHENTICATION_OIDC_LOGOUT_URL', '{endSession}?client_id={clientId}&post_logout_redirect_uri={base}/'],
      ],
    },
  ],
  matching: { by: 'preferred_username', field: 'login', nobody: 'refused' },
  signOut: 'own-button',
  connector: 'dolibarr',
  quirks: [
    {
      code: 'dolibarr-at',
      text: 'By default no login may hold “@”, so an email can match nobody. Use preferred_username.',
    },
    { code: 'dolibarr-https', text: 'From version 21 on, the token and userinfo addresses have to be https.' },
    {
      code: 'dolibarr-20-url',
      text: 'Up to version 20, write one authorize URL with all parameters, and use the second redirect URI.',
    },
  ],
  evidence:
    'R S: 17-20: code, no PKCE, no nonce, secret in the body, userinfo, redirect URI with a query. S: 21 and later want https for ' +
    'token and userinfo. Paths of rights R.',
};
