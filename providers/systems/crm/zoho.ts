import type { SystemModule } from '#domain/providers/system-module.ts';

/** Zoho CRM, through Zoho Directory or Zoho Accounts: SAML. */
export const zoho: SystemModule = {
  id: 'zoho',
  title: 'Zoho CRM',
  sides: ['crm'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email'],
  nativeRoles: {},
  reconcile: ['one-profile-many-sets'],
  protocols: ['saml'],
  saml: {
    entityId: 'zoho.com',
    acs: ['https://accounts.zoho.com/signin/samlsp/{settings.organization}'],
    slo: { url: 'https://accounts.zoho.com/signin/samlsp/logout/{settings.organization}', binding: 'redirect' },
    nameId: 'email',
    attributes: { FirstName: 'givenName', LastName: 'familyName' },
    launchUri: 'https://crm.zoho.com/',
  },
  guide: [
    {
      step: 'Zoho Accounts → Organization → SAML Authentication → Setup Now',
      fields: [
        ['Sign-in URL', '{samlSso}'],
        ['Sign-out URL', '{samlSlo}'],
        ['Name Identifier format', 'Email Address'],
        ['X.509 Certificate', 'from {samlMetadata}'],
        ['Zoho Service', 'Zoho CRM'],
      ],
    },
  ],
  matching: { by: 'NameID', field: 'email address of the user', nobody: 'depends' },
  signOut: 'saml-slo',
  quirks: [
    {
      code: 'zoho-data-center',
      text: 'The host ends as your data center does: zoho.com, zoho.eu, zoho.in. Copy the ACS URL from Zoho if it differs.',
    },
  ],
  evidence: 'D: SAML or JWT, email, certificate upload, sign-out URL. G: addresses, profiles. Not run.',
};
