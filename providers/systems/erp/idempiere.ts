import type { SystemModule } from '#domain/providers/system-module.ts';

/** iDempiere. Finds the user by e-mail with USE_EMAIL_FOR_LOGIN, else by the display claim `name`; roles are picked inside. */
export const idempiere: SystemModule = {
  id: 'idempiere',
  title: 'iDempiere',
  sides: ['erp'],
  subject: 'pairwise',
  claims: ['name', 'email', 'preferred_username'],
  nativeRoles: {},
  exceptions: [
    { rule: 'no-pkce', because: 'Its OpenID Connect plug-in sends no code_challenge (read in its source).' },
  ],
  evidence:
    'S (2026-08): code without PKCE, nonce sent and not compared, Basic, userinfo; signs out with client_id and no hint. Not run.',
};
