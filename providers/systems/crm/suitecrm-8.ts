import type { SystemModule } from '#domain/providers/system-module.ts';

/** SuiteCRM 8: SAML 2, configured by environment variables. */
export const suitecrm8: SystemModule = {
  id: 'suitecrm-8',
  title: 'SuiteCRM 8',
  sides: ['crm'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username'],
  nativeRoles: {},
  reconcile: ['replace', 'add-only'],
  protocols: ['saml'],
  saml: {
    entityId: '{base}',
    acs: ['{base}/saml/acs'],
    slo: { url: '{base}/saml/logout', binding: 'redirect' },
    nameId: 'unspecified',
    attributes: { uid: 'username', mail: 'email', givenName: 'givenName', sn: 'familyName' },
    launchUri: '{base}/',
  },
  guide: [
    {
      step: '.env.local in the folder of SuiteCRM',
      fields: [
        ['AUTH_TYPE', 'saml'],
        ['SAML_USERNAME_ATTRIBUTE', 'uid'],
        ['SAML_USE_ATTRIBUTE_FRIENDLY_NAME', 'false'],
        ['SAML_IDP_ENTITY_ID', '{issuer}'],
        ['SAML_IDP_SSO_URL', '{samlSso}'],
        ['SAML_IDP_SLO_URL', '{samlSlo}'],
        ['SAML_IDP_X509CERT', 'from {samlMetadata}'],
        ['SAML_SP_ENTITY_ID', '{base}'],
        ['SAML_AUTO_CREATE', 'disabled'],
      ],
    },
  ],
  matching: { by: 'uid', field: 'user name', nobody: 'depends' },
  signOut: 'saml-slo',
  connector: 'suitecrm',
  quirks: [
    {
      code: 'suitecrm8-auto-create',
      text: 'Users are created at sign-in only when SAML_AUTO_CREATE is set; other spellings are ignored without a word (issue 833).',
    },
  ],
  evidence:
    'S I (2026-05): SAML alone, environment variables, ACS and SLO, attribute uid. G: names of the variables. Not run.',
};
