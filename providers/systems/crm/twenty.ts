import type { SystemModule } from '#domain/providers/system-module.ts';

/** Twenty: OpenID Connect with PKCE, or SAML; both are part of its Enterprise licence. */
export const twenty: SystemModule = {
  id: 'twenty',
  title: 'Twenty',
  sides: ['crm'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email'],
  nativeRoles: {},
  protocols: ['oidc', 'saml'],
  client: {
    auth: 'client_secret_basic',
    redirectUris: ['{base}/auth/oidc/callback'],
    launchUri: '{base}/',
    scopes: ['openid', 'profile', 'email'],
  },
  saml: {
    entityId: '{base}/auth/saml/login/{settings.identityProviderId}',
    acs: ['{base}/auth/saml/callback/{settings.identityProviderId}'],
    nameId: 'email',
    attributes: { email: 'email', firstName: 'givenName', lastName: 'familyName' },
    launchUri: '{base}/',
  },
  guide: [
    {
      step: 'Settings → Security → Add SSO Identity Provider → OIDC',
      protocol: 'oidc',
      fields: [
        ['Client ID', '{clientId}'],
        ['Client Secret', '{clientSecret}'],
        ['Issuer URI', '{issuer}'],
      ],
    },
    {
      step: 'Settings → Security → Add SSO Identity Provider → SAML',
      protocol: 'saml',
      fields: [['Identity Provider Metadata XML', 'the document at {samlMetadata}']],
    },
  ],
  matching: { by: 'email', field: 'email address of the member', nobody: 'invited' },
  signOut: 'none',
  quirks: [
    {
      code: 'twenty-invitation',
      text: 'People need an invitation to the workspace before their first sign-in (issue 13066).',
    },
  ],
  evidence:
    'S I: openid-client, code, S256, discovery, RS256 preferred, email from userinfo, state is JSON. G: Basic, labels. Not run.',
};
