import type { SystemModule } from '#domain/providers/system-module.ts';

/** Oracle Fusion Cloud ERP, through its OCI IAM identity domain. */
export const oracleFusion: SystemModule = {
  id: 'oracle-fusion',
  title: 'Oracle Fusion Cloud ERP (identity domain)',
  sides: ['erp'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username'],
  nativeRoles: {},
  reconcile: ['add-only'],
  protocols: ['oidc'],
  client: {
    auth: 'client_secret_basic',
    redirectUris: ['{base}/oauth2/v1/social/callback'],
    launchUri: '{settings.fusionUrl}',
    scopes: ['openid', 'profile', 'email'],
  },
  guide: [
    {
      step: 'OCI console → Identity → Domains → (domain) → Security → Identity providers → Add social IdP → OpenID Connect',
      fields: [
        ['Name', 'Gatehouse'],
        ['Client ID', '{clientId}'],
        ['Client secret', '{clientSecret}'],
        ['Discovery service URL', '{discovery}'],
      ],
    },
    {
      step: 'Security → IdP policies → Default identity provider policy → Edit rule',
      fields: [['Assign identity providers', 'Gatehouse']],
    },
  ],
  matching: { by: 'email', field: 'primary email address of the domain’s user', nobody: 'depends' },
  signOut: 'none',
  quirks: [
    {
      code: 'oracle-domain',
      text: 'Use the address of the identity domain, such as https://idcs-….identity.oraclecloud.com.',
    },
  ],
  evidence: 'D: an identity domain takes OpenID Connect providers. G: addresses, labels, matching. Not run.',
};
