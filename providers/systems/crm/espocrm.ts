import type { SystemModule } from '#domain/providers/system-module.ts';

/**
 * EspoCRM. Set oidcUsernameClaim to `preferred_username` and oidcGroupClaim to `groups`; each team that carries a group name
 * is given, and with oidcSyncTeams every sign-in replaces all teams. Rights follow from the teams' roles.
 */
export const espocrm: SystemModule = {
  id: 'espocrm',
  title: 'EspoCRM',
  sides: ['crm'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username'],
  idTokenClaims: 'all',
  popup: true,
  // It ships no teams or roles: the names are the company's own, in `settings.nativeRoles`.
  nativeRoles: {},
  nativeClaim: { name: 'groups', shape: 'list' },
  // With oidcSyncTeams its own sign-in replaces all teams; without, it adds.
  reconcile: ['replace', 'add-only'],
  evidence:
    'S (2026-07): code, S256, secret in the body, ID token RS256, group claim as an array of strings, back-channel logout. Not run.',
};
