import type { SystemModule } from '#domain/providers/system-module.ts';

/** HubSpot: SAML sign-in, SCIM for users and permission sets. */
export const hubspot: SystemModule = {
  id: 'hubspot',
  title: 'HubSpot',
  sides: ['crm'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email'],
  nativeRoles: {},
  reconcile: ['replace'],
  protocols: ['saml'],
  saml: {
    entityId: 'https://api.hubspot.com/login-api/v1/saml/login?portalId={settings.portalId}',
    acs: ['https://api.hubspot.com/login-api/v1/saml/acs?portalId={settings.portalId}'],
    nameId: 'email',
    attributes: {},
    launchUri: 'https://app.hubspot.com/login/sso',
  },
  guide: [
    {
      step: 'Settings → Security → Login → Set up single sign-on (SSO)',
      fields: [
        ['Identity provider identifier or issuer URL', '{issuer}'],
        ['Identity provider single sign-on URL', '{samlSso}'],
        ['X.509 certificate', 'from {samlMetadata}'],
      ],
    },
    {
      step: 'Settings → Security → Login → Set up user provisioning (SCIM)',
      fields: [['Access token', 'copy it into the provisioning settings of this system in Gatehouse']],
    },
  ],
  matching: { by: 'NameID', field: 'email address of the user', nobody: 'refused' },
  signOut: 'none',
  connector: 'scim',
  quirks: [
    {
      code: 'hubspot-domain-first',
      text: 'Verify your email domain in HubSpot before you require single sign-on, and exclude one administrator from it.',
    },
  ],
  evidence:
    'D: SAML with NameID email, SCIM roles equal names of permission sets, domain verified first. G: addresses. Not run.',
};
