import type { OpenIdSourceRecord } from '#storage/collections.ts';

type Claims = Readonly<Record<string, unknown>>;

/**
 * Who the claims speak of, under the rules of the provider's kind; `undefined` subject: nobody who may come, for that cause.
 * Entra gives each application other `sub` values and shares its signing keys among tenants, so `tid` is checked and the person
 * is `oid` within it; Google signs in every Google account, so the company's `hd` is checked.
 */
export function subjectOf(
  source: Pick<OpenIdSourceRecord, 'provider' | 'tenant' | 'hostedDomain'>,
  claims: Claims,
): { readonly subject: string } | { readonly subject: undefined; readonly cause: string } {
  const { sub, tid, oid, hd } = claims;
  if (source.provider === 'entra') {
    if (typeof tid !== 'string' || tid.toLowerCase() !== source.tenant)
      return { subject: undefined, cause: 'wrong-tenant' };
    if (typeof oid !== 'string' || oid === '') return { subject: undefined, cause: 'no-object-id' };
    if (!isFit(oid)) return { subject: undefined, cause: 'unfit-subject' };
    return { subject: `${oid}@${tid.toLowerCase()}` };
  }
  if (source.provider === 'google' && (typeof hd !== 'string' || hd.toLowerCase() !== source.hostedDomain))
    return { subject: undefined, cause: 'wrong-hosted-domain' };
  if (typeof sub !== 'string' || sub === '') return { subject: undefined, cause: 'no-subject' };
  return isFit(sub) ? { subject: sub } : { subject: undefined, cause: 'unfit-subject' };
}

/** As long as a subject may be (OpenID Connect Core, 2), and made of whole characters. */
function isFit(subject: string): boolean {
  return subject.length <= 255 && subject.isWellFormed();
}

/**
 * Claims that the provider could not tell in full: Entra names no group at all when there are more than fit, and says so by
 * `hasgroups` or by pointing elsewhere (`_claim_names`; OpenID Connect Core, 5.6.2).
 */
export function incompleteOf(claims: Claims): string[] {
  const names = claims._claim_names;
  const elsewhere = typeof names === 'object' && names !== null ? Object.keys(names) : [];
  return [...new Set([...elsewhere, ...(claims.hasgroups === true || claims.hasgroups === 'true' ? ['groups'] : [])])];
}

/** Names of `amr` and `acr` that stand for a proof no phishing site can pass on. */
const resistant = ['fido', 'phr', 'phrh'];

/** What counts of how the person proved it there (RFC 8176): nothing beyond the source's word unless the source is trusted so far. */
export function methodsOf(source: Pick<OpenIdSourceRecord, 'trustMethods'>, { amr, acr }: Claims): string[] {
  if (!source.trustMethods) return ['fed'];
  const told = [...(Array.isArray(amr) ? amr : []), acr].filter((one) => typeof one === 'string');
  if (told.some((one) => resistant.includes(one))) return ['fed', 'hwk', 'mfa'];
  return told.includes('mfa') ? ['fed', 'mfa'] : ['fed'];
}
