import type { SystemModule } from '#domain/providers/system-module.ts';

/** Any SAML 2.0 service provider: its metadata says the rest. */
export const genericSaml: SystemModule = {
  id: 'generic-saml',
  title: 'Any SAML 2.0 application',
  sides: ['crm', 'erp', 'other'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username'],
  nativeRoles: {},
  reconcile: ['replace', 'add-only'],
  protocols: ['saml'],
  saml: {
    entityId: '{base}',
    acs: ['{base}/saml/acs'],
    nameId: 'persistent',
    attributes: {
      uid: 'username',
      mail: 'email',
      givenName: 'givenName',
      sn: 'familyName',
      displayName: 'name',
      groups: 'nativeRoles',
    },
    launchUri: '{base}/',
  },
  guide: [
    {
      step: 'Identity provider',
      fields: [
        ['Metadata URL', '{samlMetadata}'],
        ['Single sign-on URL', '{samlSso}'],
        ['Single logout URL', '{samlSlo}'],
      ],
    },
  ],
  matching: { by: 'NameID', field: 'what the application keeps of its users', nobody: 'depends' },
  signOut: 'saml-slo',
  evidence: 'D: SAML 2.0 Web Browser SSO profile. Not run.',
};
