import type { SystemModule } from '#domain/providers/system-module.ts';

/** Tryton 8: SAML, found by an attribute; accounts and groups over JSON-RPC. */
export const tryton: SystemModule = {
  id: 'tryton',
  title: 'Tryton',
  sides: ['erp', 'crm'],
  subject: 'pairwise',
  claims: ['name', 'email', 'preferred_username'],
  nativeRoles: {
    'customer:write': ['Party Administration'],
    'order:write': ['Sales'],
    'opportunity:write': ['Sales'],
    'price:approve': ['Sales Administrator'],
    'invoice:write': ['Accounting'],
    'finance:write': ['Accounting'],
    'purchase:write': ['Purchase'],
    'purchase:approve': ['Purchase Administrator'],
    'stock:write': ['Stock'],
    'product:write': ['Product Administration'],
  },
  reconcile: ['replace', 'add-only'],
  protocols: ['saml'],
  saml: {
    entityId: '{base}/{settings.database}/r/authentication/saml/{id}/metadata',
    acs: ['{base}/{settings.database}/r/authentication/saml/{id}/acs'],
    nameId: 'username',
    attributes: { uid: 'username', mail: 'email' },
    launchUri: '{base}/{settings.database}/r/authentication/saml/{id}/login',
  },
  guide: [
    {
      step: 'trytond.conf',
      fields: [
        ['[authentication_saml]', '{id} = Gatehouse'],
        ['[authentication_saml {id}] metadata', 'a file with the document at {samlMetadata}'],
        ['[authentication_saml {id}] login', 'uid'],
      ],
    },
  ],
  matching: { by: 'uid', field: 'login of the user', nobody: 'refused' },
  signOut: 'none',
  connector: 'tryton',
  quirks: [
    {
      code: 'tryton-modules',
      text: 'Install trytond-authentication-saml in the server’s environment and activate it in the database.',
    },
  ],
  evidence:
    'R (8.2, 2026-12): accounts and groups over JSON-RPC. S: SAML alone, attribute uid, 403 for nobody, no single logout.',
};
