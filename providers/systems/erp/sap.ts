import type { SystemModule } from '#domain/providers/system-module.ts';

/** SAP S/4HANA Cloud and BTP, through SAP Cloud Identity Services as the proxy. */
export const sap: SystemModule = {
  id: 'sap',
  title: 'SAP (Cloud Identity Services)',
  sides: ['erp', 'crm'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username'],
  nativeRoles: {
    'purchase:write': ['SAP_BR_PURCHASER'],
    'purchase:approve': ['SAP_BR_PURCHASING_MANAGER'],
    'supplier-invoice:write': ['SAP_BR_AP_ACCOUNTANT'],
    'invoice:write': ['SAP_BR_AR_ACCOUNTANT'],
  },
  nativeClaim: { name: 'Groups', shape: 'list' },
  reconcile: ['replace'],
  protocols: ['oidc', 'saml'],
  client: {
    auth: 'client_secret_basic',
    redirectUris: ['{base}/oauth2/callback'],
    postLogoutRedirectUris: ['{base}/oauth2/logout/callback'],
    launchUri: '{base}/',
    scopes: ['openid', 'profile', 'email', 'roles'],
  },
  saml: {
    entityId: '{base}',
    acs: ['{base}/saml2/idp/acs'],
    slo: { url: '{base}/saml2/idp/slo', binding: 'redirect' },
    nameId: 'email',
    attributes: { mail: 'email', first_name: 'givenName', last_name: 'familyName', Groups: 'nativeRoles' },
    launchUri: '{base}/',
  },
  guide: [
    {
      step: 'Identity Authentication → Identity Providers → Corporate Identity Providers → Create (OpenID Connect)',
      protocol: 'oidc',
      fields: [
        ['Discovery URL', '{discovery}'],
        ['Client ID', '{clientId}'],
        ['Client Secret', '{clientSecret}'],
        ['Scopes', '{scopes}'],
        ['Subject Name Identifier', 'email'],
      ],
    },
    {
      step: 'Identity Authentication → Identity Providers → Corporate Identity Providers → Create (SAML 2.0)',
      protocol: 'saml',
      fields: [['Metadata File', 'the document at {samlMetadata}']],
    },
    {
      step: 'BTP cockpit → Security → Trust Configuration → (identity provider) → Role Collection Mappings',
      fields: [
        ['Attribute', 'Groups'],
        ['Value', 'one row for each native role'],
      ],
    },
  ],
  matching: { by: 'email', field: 'email or login name, as the proxy is set', nobody: 'depends' },
  signOut: 'own-button',
  quirks: [
    {
      code: 'sap-proxy',
      text: 'Use the address of your Identity Authentication tenant, such as https://acme.accounts.ondemand.com.',
    },
  ],
  evidence:
    'D: Identity Authentication proxies a corporate provider over OIDC or SAML; Groups to role collections. G: addresses. Not run.',
};
