import type { SystemModule } from '#domain/providers/system-module.ts';

/** Spring Boot application. */
export const spring: SystemModule = {
  id: 'spring',
  title: 'Spring Boot application',
  sides: ['crm', 'erp', 'other'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username'],
  nativeRoles: {},
  nativeClaim: { name: 'native_roles', shape: 'list' },
  reconcile: ['replace', 'add-only'],
  protocols: ['oidc'],
  client: {
    auth: 'client_secret_basic',
    redirectUris: ['{base}/login/oauth2/code/{id}'],
    postLogoutRedirectUris: ['{base}/'],
    backchannelLogoutUri: '{base}/logout/connect/back-channel/{id}',
    launchUri: '{base}/oauth2/authorization/{id}',
    scopes: ['openid', 'profile', 'email', 'roles'],
  },
  guide: [
    {
      step: 'application.properties',
      fields: [
        ['spring.security.oauth2.client.provider.{id}.issuer-uri', '{issuer}'],
        ['spring.security.oauth2.client.registration.{id}.client-id', '{clientId}'],
        ['spring.security.oauth2.client.registration.{id}.client-secret', '{clientSecret}'],
        ['spring.security.oauth2.client.registration.{id}.scope', '{scopes}'],
      ],
    },
    {
      step: 'SecurityFilterChain',
      fields: [
        ['oauth2Login', 'customizer with OAuth2AuthorizationRequestCustomizers.withPkce()'],
        ['oidcLogout', 'backChannel(Customizer.withDefaults())'],
      ],
    },
  ],
  matching: { by: 'sub', field: 'what the application keeps of its users', nobody: 'depends' },
  signOut: 'back-channel',
  quirks: [
    {
      code: 'spring-pkce',
      text: 'Spring sends a code_challenge for confidential clients only with the customizer named in the guide (on by default from 7).',
    },
  ],
  evidence:
    'D: Spring Security 6: code, Basic, discovery by issuer, PKCE for confidential clients when customised, back-channel logout. Not run.',
};
