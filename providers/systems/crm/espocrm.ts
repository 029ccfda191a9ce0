import type { SystemModule } from '#domain/providers/system-module.ts';

/** EspoCRM. Each team that carries a group name is given; with oidcSyncTeams every sign-in replaces all teams. Rights follow from the teams’ roles. */
export const espocrm: SystemModule = {
  id: 'espocrm',
  title: 'EspoCRM',
  sides: ['crm'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username'],
  idTokenClaims: 'all',
  popup: true,
  // It ships no teams or roles: the names are the company's own, in `settings.nativeRoles`.
  nativeRoles: {},
  nativeClaim: { name: 'groups', shape: 'list' },
  // With oidcSyncTeams its own sign-in replaces all teams; without, it adds.
  reconcile: ['replace', 'add-only'],
  protocols: ['oidc'],
  client: {
    auth: 'client_secret_post',
    redirectUris: ['{base}/oauth-callback.php'],
    postLogoutRedirectUris: ['{base}'],
    backchannelLogoutUri: '{base}/api/v1/Oidc/backchannelLogout',
    launchUri: '{base}/',
    scopes: ['openid', 'profile', 'email', 'roles'],
  },
  guide: [
    {
      step: 'Administration → Authentication → Authentication Method: OIDC',
      fields: [
        ['OIDC Client ID', '{clientId}'],
        ['OIDC Client Secret', '{clientSecret}'],
        ['OIDC Authorization Redirect URI', '{redirectUri}'],
        ['OIDC Authorization Endpoint', '{authorize}'],
        ['OIDC Token Endpoint', '{token}'],
        ['OIDC UserInfo Endpoint', '{userinfo}'],
        ['OIDC JSON Web Key Set Endpoint', '{jwks}'],
        ['OIDC JWT Allowed Signature Algorithms', 'RS256'],
        ['OIDC Scopes', 'profile, email, roles'],
        ['OIDC Username Claim', 'preferred_username'],
        ['OIDC Group Claim', 'groups'],
        ['OIDC Authorization Prompt', 'none'],
        ['OIDC Logout URL', '{endSession}?client_id={clientId}&post_logout_redirect_uri={base}'],
      ],
    },
    {
      step: 'Administration → Teams → (team)',
      fields: [['IdP Group Name', 'the name that Gatehouse sends for it (native role)']],
    },
  ],
  matching: { by: 'preferred_username', field: 'user name, lower case', nobody: 'depends' },
  signOut: 'back-channel',
  connector: 'espocrm',
  quirks: [
    {
      code: 'espocrm-admins',
      text: 'Administrators are refused unless “Allow OIDC login for admin users” is on. Keep one local administrator.',
    },
    { code: 'espocrm-popup', text: 'The sign-in opens in a popup window; browsers that block popups show nothing.' },
    {
      code: 'espocrm-username',
      text: 'User names hold at most 50 characters; others than letters and digits become underscores.',
    },
  ],
  evidence:
    'S (2026-07): code, S256, secret in the body, ID token RS256, group claim as an array of strings, popup, back-channel logout. Not run.',
};
