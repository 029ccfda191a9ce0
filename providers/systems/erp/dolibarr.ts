import type { SystemModule } from '#domain/providers/system-module.ts';

/**
 * Dolibarr. Its login may not hold `@` by default, so set MAIN_AUTHENTICATION_OIDC_LOGIN_CLAIM to `preferred_username` and
 * give people a username or a login for this system.
 */
export const dolibarr: SystemModule = {
  id: 'dolibarr',
  title: 'Dolibarr',
  sides: ['erp', 'crm'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username'],
  // Paths of rights, for provisioning over REST; a sign-in brings none.
  nativeRoles: {
    'customer:read': ['societe->lire', 'societe->client->voir'],
    'customer:write': ['societe->creer'],
    'order:read': ['commande->lire'],
    'order:write': ['commande->creer'],
    'invoice:read': ['facture->lire'],
    'invoice:write': ['facture->creer'],
    'payment:write': ['facture->paiement'],
    'supplier:read': ['fournisseur->lire'],
  },
  reconcile: ['replace', 'add-only'],
  exceptions: [{ rule: 'no-pkce', because: 'Its OpenID Connect module sends no code_challenge (seen on 20).' }],
  evidence:
    'R S: 17-20: code, no PKCE, no nonce, secret in the body, userinfo, redirect URI with a query. S: 21 and later want https for ' +
    'token and userinfo. Paths of rights R.',
};
