import type { SystemModule } from '#domain/providers/system-module.ts';

/** ASP.NET Core application. */
export const aspnetCore: SystemModule = {
  id: 'aspnet-core',
  title: 'ASP.NET Core application',
  sides: ['crm', 'erp', 'other'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username'],
  nativeRoles: {},
  nativeClaim: { name: 'native_roles', shape: 'list' },
  reconcile: ['replace', 'add-only'],
  protocols: ['oidc'],
  client: {
    auth: 'client_secret_post',
    redirectUris: ['{base}/signin-oidc'],
    postLogoutRedirectUris: ['{base}/signout-callback-oidc'],
    launchUri: '{base}/',
    responseMode: 'form_post',
    scopes: ['openid', 'profile', 'email', 'roles'],
  },
  guide: [
    {
      step: 'Program.cs → AddAuthentication().AddOpenIdConnect(options => …)',
      fields: [
        ['options.Authority', '{issuer}'],
        ['options.ClientId', '{clientId}'],
        ['options.ClientSecret', '{clientSecret}'],
        ['options.ResponseType', 'code'],
        ['options.Scope', '{scopes}'],
        ['options.GetClaimsFromUserInfoEndpoint', 'true'],
        ['options.TokenValidationParameters.RoleClaimType', 'roles'],
      ],
    },
  ],
  matching: { by: 'sub', field: 'what the application keeps of its users', nobody: 'depends' },
  signOut: 'own-button',
  evidence:
    'D: code with PKCE, response_mode=form_post unless told otherwise, secret in the body. Not run; a stand-in posts the form.',
};
