import type { SystemModule } from '#domain/providers/system-module.ts';

/**
 * Salesforce by an Auth. Provider of type OpenID Connect. A registration handler (Apex) of the company decides who is matched
 * or made and what they get; it sees our claims as texts in Auth.UserData.attributeMap, so native roles come as one text.
 */
export const salesforce: SystemModule = {
  id: 'salesforce',
  title: 'Salesforce',
  sides: ['crm'],
  subject: 'pairwise',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username'],
  // A user has exactly one profile, so no default may add one; permission sets are the company's own.
  nativeRoles: {},
  nativeClaim: { name: 'permission_sets', shape: 'text', profile: 'profile' },
  reconcile: ['one-profile-many-sets', 'add-only'],
  evidence:
    'D: code by an Auth. Provider, secret, userinfo, typed endpoints; registration handler with attributeMap. Not run; that the map ' +
    'holds texts alone is G, and whether it sends PKCE was not looked up.',
};
