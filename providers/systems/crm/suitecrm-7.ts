import type { SystemModule } from '#domain/providers/system-module.ts';

/** SuiteCRM 7: SAML 2, found by the user name. */
export const suitecrm7: SystemModule = {
  id: 'suitecrm-7',
  title: 'SuiteCRM 7',
  sides: ['crm'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username'],
  nativeRoles: {},
  reconcile: ['replace', 'add-only'],
  protocols: ['saml'],
  saml: {
    entityId: '{base}/index.php?action=Login&module=Users',
    acs: ['{base}/index.php?action=Login&module=Users'],
    slo: { url: '{base}/index.php?action=Logout&module=Users', binding: 'redirect' },
    nameId: 'username',
    attributes: {},
    launchUri: '{base}/',
  },
  guide: [
    {
      step: 'Admin → Password Management → SAML Authentication',
      fields: [
        ['Enable SAML Authentication', 'yes'],
        ['Login URL', '{samlSso}'],
        ['SLO URL', '{samlSlo}'],
        ['X509 Certificate', 'from {samlMetadata}'],
      ],
    },
    {
      step: 'Admin → User Management → (user)',
      fields: [
        ['User Name', 'the username in Gatehouse'],
        ['Only external authentication', 'yes'],
      ],
    },
  ],
  matching: { by: 'NameID', field: 'user name, with external authentication only', nobody: 'refused' },
  signOut: 'saml-slo',
  quirks: [
    { code: 'suitecrm7-not-strict', text: 'It runs its SAML library with strict=false: keep its server behind TLS.' },
  ],
  evidence: 'S: SAML 2, ACS and SLO at index.php, strict=false, NameID is the user name. Not run.',
};
