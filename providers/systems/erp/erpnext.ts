import type { SystemModule } from '#domain/providers/system-module.ts';

/** ERPNext and other Frappe applications, by a Social Login Key. The e-mail is the user id there. */
export const erpnext: SystemModule = {
  id: 'erpnext',
  title: 'ERPNext (Frappe Social Login Key)',
  sides: ['erp', 'crm'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username'],
  // For provisioning over REST; a sign-in brings no roles (Frappe issue 14921).
  nativeRoles: {
    'information:read': ['Employee'],
    'customer:write': ['Sales Master Manager'],
    'order:write': ['Sales User'],
    'quote:write': ['Sales User'],
    'opportunity:write': ['Sales User'],
    'price:approve': ['Sales Manager'],
    'invoice:read': ['Auditor'],
    'balance:read': ['Auditor'],
    'finance:read': ['Auditor'],
    'invoice:write': ['Accounts User'],
    'supplier-invoice:write': ['Accounts User'],
    'payment:write': ['Accounts User'],
    'finance:write': ['Accounts User'],
    'finance:close': ['Accounts Manager'],
    'payment:approve': ['Accounts Manager'],
    'supplier:write': ['Purchase Master Manager'],
    'purchase:write': ['Purchase User'],
    'purchase:approve': ['Purchase Manager'],
    'stock:write': ['Stock User'],
    'goods-receipt:write': ['Stock User'],
    'shipment:write': ['Stock User'],
    'stock:adjust': ['Stock Manager'],
    'product:write': ['Item Manager'],
    'production:write': ['Manufacturing User'],
    'production:release': ['Manufacturing Manager'],
    'quality:write': ['Quality Manager'],
    'service:write': ['Support Team'],
    'case:write': ['Support Team'],
  },
  reconcile: ['replace', 'add-only'],
  exceptions: [{ rule: 'no-pkce', because: 'The Social Login Key sends no code_challenge (read in its source).' }],
  evidence:
    'S: code without PKCE and nonce, secret in the body (G), userinfo, state is base64 of JSON; role names S. Not run. ' +
    'Which role serves which permission is our reading of their names.',
};
