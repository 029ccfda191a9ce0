import type { SystemModule } from '#domain/providers/system-module.ts';

/** LedgerSMB has database users of its own and no sign-on; Apache with mod_auth_openidc stands before it. */
export const ledgersmb: SystemModule = {
  id: 'ledgersmb',
  title: 'LedgerSMB (behind Apache)',
  sides: ['erp'],
  subject: 'pairwise',
  claims: ['name', 'email', 'preferred_username'],
  nativeRoles: {},
  protocols: ['oidc'],
  client: {
    auth: 'client_secret_basic',
    redirectUris: ['{base}/oidc/callback'],
    postLogoutRedirectUris: ['{base}/'],
    backchannelLogoutUri: '{base}/oidc/callback?logout=backchannel',
    launchUri: '{base}/',
    scopes: ['openid', 'profile', 'email', 'roles'],
  },
  guide: [
    {
      step: 'Apache: /etc/apache2/sites-enabled/ledgersmb.conf',
      fields: [
        ['OIDCProviderMetadataURL', '{discovery}'],
        ['OIDCClientID', '{clientId}'],
        ['OIDCClientSecret', '{clientSecret}'],
        ['OIDCRedirectURI', '{redirectUri}'],
        ['OIDCScope', '"{scopes}"'],
        ['OIDCPKCEMethod', 'S256'],
        ['OIDCCryptoPassphrase', 'a long random text of your own'],
        ['OIDCRemoteUserClaim', 'preferred_username'],
        ['<Location />', 'AuthType openid-connect, Require valid-user'],
      ],
    },
  ],
  matching: {
    by: 'preferred_username',
    field: 'REMOTE_USER of Apache; LedgerSMB asks for its own password behind it',
    nobody: 'refused',
  },
  signOut: 'back-channel',
  quirks: [
    {
      code: 'ledgersmb-own-password',
      text: 'Apache keeps strangers out; LedgerSMB still asks for the password of its own database user.',
    },
  ],
  evidence:
    'R (2026-12): Apache 2.4 with mod_auth_openidc signs in, gives claims and takes back-channel logout. G: LedgerSMB behind it.',
};
