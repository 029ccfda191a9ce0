import type { Person, System } from '#storage/collections.ts';

/** A person as stored, complete with what the test does not care about. */
export function aPerson(given: Partial<Person> = {}): Person {
  const { email = 'ada@example.com', name = 'Ada Example' } = given;
  return {
    email,
    emailVerified: false,
    logins: [email],
    name,
    status: 'active',
    attributes: {},
    searchTerms: [email],
    sortName: name.toLowerCase(),
    createdAt: 0,
    changedAt: 0,
    ...given,
  };
}

/** A system as stored: a confidential first party that may use client credentials alone. */
export function aSystem(given: Partial<System> = {}): System {
  return {
    origin: 'console',
    enabled: true,
    title: 'A system',
    side: 'other',
    provider: 'generic',
    redirectUris: [],
    postLogoutRedirectUris: [],
    clientId: 'a-system',
    auth: 'client_secret_basic',
    firstParty: true,
    refresh: false,
    rotateRefresh: false,
    idTokenAlg: 'RS256',
    par: false,
    open: false,
    requires: 'password',
    outbound: { allow: [] },
    settings: {},
    createdAt: 0,
    changedAt: 0,
    ...given,
  };
}
