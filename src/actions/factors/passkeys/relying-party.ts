import type { Services } from '../../services.ts';

/** How the hub calls itself to authenticators. Both come from the configured issuer, whatever a request says. */
export function relyingParty({ settings }: Pick<Services, 'settings'>): { id: string; origin: string; name: string } {
  const { hostname, origin } = new URL(settings.issuer);
  return { id: hostname, origin, name: settings.company ?? 'Gatehouse' };
}

/** What an authenticator keeps of a person: nothing that says who it is (WebAuthn 3, 14.6.1). */
export function userHandle({ seal }: Pick<Services, 'seal'>, person: string): string {
  return seal.mac('passkey-user', person);
}

/** How long the browser waits for the person, and how long a challenge counts, in milliseconds. */
export const challengeMs = 5 * 60_000;
