import type { SystemModule } from '#domain/providers/system-module.ts';

/** Odoo through the OCA module auth_oidc: code with PKCE. Odoo’s own auth_oauth is the module `odoo-implicit`. */
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
  protocols: ['oidc'],
  client: {
    auth: 'client_secret_basic',
    redirectUris: ['{base}/auth_oauth/signin'],
    launchUri: '{base}/web/login',
    scopes: ['openid', 'profile', 'email'],
  },
  guide: [
    {
      step: 'Settings → Users & Companies → OAuth Providers → New',
      fields: [
        ['Provider name', 'Gatehouse'],
        ['Auth Flow', 'OpenID Connect (authorization code flow)'],
        ['Token Map', 'sub:user_id'],
        ['Client ID', '{clientId}'],
        ['Client Secret', '{clientSecret}'],
        ['Authorization URL', '{authorize}'],
        ['Scope', '{scopes}'],
        ['Token URL', '{token}'],
        ['JWKS URL', '{jwks}'],
        ['Allowed', 'yes'],
      ],
    },
    {
      step: 'Settings → Users → (user) → OAuth',
      fields: [
        ['OAuth Provider', 'Gatehouse'],
        ['OAuth User ID', 'the sub that Gatehouse shows on the person’s page'],
      ],
    },
  ],
  matching: { by: 'sub', field: 'OAuth User ID (oauth_uid)', nobody: 'depends' },
  signOut: 'own-button',
  connector: 'odoo',
  quirks: [
    {
      code: 'odoo-portal-user',
      text: 'With free sign-up on, an unknown person becomes a portal user without a desk. Link users first, or let Gatehouse create them.',
    },
  ],
  evidence:
    'R S: Odoo 18 with auth_oidc 18.0: code, S256, Basic, RS256, ID token only; reads sub and what token_map names; group names S. ' +
    'Which group serves which permission is our reading of their names, not tried.',
};
