import type { SystemModule } from '#domain/providers/system-module.ts';

/** Salesforce, by an Auth. Provider of type OpenID Connect or by SAML. What becomes of the claims is the registration handler’s doing. */
export const salesforce: SystemModule = {
  id: 'salesforce',
  title: 'Salesforce',
  sides: ['crm'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username'],
  nativeRoles: {},
  // The registration handler gets flat texts alone (`attributeMap`), so the sets come in one.
  nativeClaim: { name: 'permission_sets', shape: 'text', profile: 'profile_name' },
  reconcile: ['one-profile-many-sets', 'add-only'],
  protocols: ['oidc', 'saml'],
  client: {
    auth: 'client_secret_basic',
    redirectUris: ['{base}/services/authcallback/{id}'],
    launchUri: '{base}/services/auth/sso/{id}',
    scopes: ['openid', 'profile', 'email', 'roles'],
  },
  saml: {
    entityId: '{base}',
    acs: ['{base}?so={settings.organization}'],
    nameId: 'username',
    attributes: { Email: 'email', FirstName: 'givenName', LastName: 'familyName', PermissionSets: 'nativeRoles' },
  },
  guide: [
    {
      step: 'Setup → Identity → Auth. Providers → New → Provider Type: OpenID Connect',
      protocol: 'oidc',
      fields: [
        ['URL Suffix', '{id}'],
        ['Consumer Key', '{clientId}'],
        ['Consumer Secret', '{clientSecret}'],
        ['Authorize Endpoint URL', '{authorize}'],
        ['Token Endpoint URL', '{token}'],
        ['User Info Endpoint URL', '{userinfo}'],
        ['Token Issuer', '{issuer}'],
        ['Default Scopes', '{scopes}'],
        ['Custom Logout URL', '{endSession}'],
        ['Registration Handler', 'an Apex class that implements Auth.RegistrationHandler'],
      ],
    },
    {
      step: 'Setup → Identity → Single Sign-On Settings → New from Metadata File',
      protocol: 'saml',
      fields: [
        ['Metadata URL', '{samlMetadata}'],
        ['Identity Provider Login URL', '{samlSso}'],
        ['SAML Identity Type', 'Assertion contains the User’s Salesforce username'],
      ],
    },
    {
      step: 'Setup → My Domain → Authentication Configuration',
      fields: [['Authentication Service', 'select the provider made above']],
    },
  ],
  matching: { by: 'sub', field: 'what the registration handler looks up', nobody: 'depends' },
  signOut: 'own-button',
  connector: 'scim',
  quirks: [
    {
      code: 'salesforce-handler',
      text: 'Without a registration handler nobody is signed in. It maps claims to the user, the profile and the permission sets.',
    },
  ],
  evidence:
    'D: typed endpoints, Basic, userinfo, registration handler, one profile and permission sets. G: redirect URI. Not run; whether ' +
    'it sends a code_challenge was not looked up.',
};
