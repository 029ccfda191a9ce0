import type { SystemModule } from '#domain/providers/system-module.ts';

/**
 * Odoo through the OCA module auth_oidc (code with PKCE). Odoo's own auth_oauth knows the implicit flow alone and takes any
 * access token that userinfo answers for, so it is not offered.
 */
export const odoo: SystemModule = {
  id: 'odoo',
  title: 'Odoo (OCA auth_oidc)',
  sides: ['erp', 'crm'],
  // Odoo matches `sub` alone: it has to be known before the first sign-in, to link the accounts that are there.
  subject: 'public',
  claims: ['name', 'email', 'preferred_username'],
  idTokenClaims: 'all',
  // For provisioning: neither Odoo nor auth_oidc takes groups from a sign-in.
  nativeRoles: {
    'information:read': ['base.group_user'],
    'customer:write': ['base.group_partner_manager'],
    'lead:write': ['sales_team.group_sale_salesman'],
    'opportunity:write': ['sales_team.group_sale_salesman'],
    'quote:write': ['sales_team.group_sale_salesman'],
    'order:write': ['sales_team.group_sale_salesman'],
    'price:approve': ['sales_team.group_sale_manager'],
    'invoice:read': ['account.group_account_readonly'],
    'balance:read': ['account.group_account_readonly'],
    'finance:read': ['account.group_account_readonly'],
    'invoice:write': ['account.group_account_invoice'],
    'supplier-invoice:write': ['account.group_account_invoice'],
    'finance:write': ['account.group_account_user'],
    'finance:close': ['account.group_account_manager'],
    'purchase:write': ['purchase.group_purchase_user'],
    'purchase:approve': ['purchase.group_purchase_manager'],
    'stock:write': ['stock.group_stock_user'],
    'goods-receipt:write': ['stock.group_stock_user'],
    'shipment:write': ['stock.group_stock_user'],
    'stock:adjust': ['stock.group_stock_manager'],
    'production:write': ['mrp.group_mrp_user'],
    'production:release': ['mrp.group_mrp_manager'],
  },
  reconcile: ['replace', 'add-only'],
  evidence:
    'R S: Odoo 18 with auth_oidc 18.0: code, S256, Basic, RS256, ID token only; reads sub and what token_map names; group names S. ' +
    'Which group serves which permission is our reading of their names, not tried.',
};
