import type { Attribute } from '../people/fields.ts';
import type { Claimant } from './claims.ts';

/**
 * The person as claims are made of; what an account does not say about language and time zone, the hub's own say.
 * @param changedAt in ms; for `updated_at`
 */
export function claimantOf<P extends Claimant & { readonly attributes: Readonly<Record<string, Attribute>> }>(
  person: P,
  changedAt: number,
  timeZone: string,
): Claimant {
  const { locale, zoneinfo } = person.attributes;
  return {
    ...person,
    updatedAt: Math.floor(changedAt / 1000),
    locale: typeof locale === 'string' ? locale : 'en',
    zoneinfo: typeof zoneinfo === 'string' ? zoneinfo : timeZone,
  };
}
