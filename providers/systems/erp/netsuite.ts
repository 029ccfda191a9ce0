import type { SystemModule } from '#domain/providers/system-module.ts';

/** Oracle NetSuite. Users and their roles must be there before; the e-mail must be that of the user. */
export const netsuite: SystemModule = {
  id: 'netsuite',
  title: 'Oracle NetSuite',
  sides: ['erp', 'crm'],
  subject: 'pairwise',
  claims: ['name', 'email', 'preferred_username'],
  // For provisioning; a sign-in brings no roles.
  nativeRoles: {
    'order:write': ['SALES_PERSON'],
    'opportunity:write': ['SALES_PERSON'],
    'price:approve': ['SALES_MANAGER'],
    'invoice:write': ['AR_CLERK'],
    'supplier-invoice:write': ['AP_CLERK'],
    'finance:write': ['ACCOUNTANT'],
    'purchase:write': ['BUYER'],
    'stock:adjust': ['WAREHOUSE_MANAGER'],
  },
  reconcile: ['replace', 'add-only'],
  evidence:
    'D: code, Basic alone, RS256/384/512, discovery preferred, e-mail must match; role ids D. Not run; whether it sends PKCE is ' +
    'not documented. Which role serves which permission is our reading of their names.',
};
