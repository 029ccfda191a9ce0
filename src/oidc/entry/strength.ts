import type { KoaContextWithOIDC } from 'oidc-provider';
import { effectiveAccess } from '#actions/access/effective.ts';
import { credentialsOf, strongestBy } from '#actions/factors/credentials.ts';
import { mayStillEnrol } from '#actions/factors/grace.ts';
import type { Services } from '#actions/services.ts';
import {
  type Assurance,
  assuranceBy,
  assuranceOf,
  assurances,
  mildest,
  reaches,
  strictest,
} from '#domain/assurance.ts';
import { systemOf } from '../systems.ts';

/** What a request says about `acr`: as a wish (`acr_values`, OIDC Core 3.1.2.1) or as a condition (`claims`, 5.5.1.1). */
export interface Asked {
  /** The least that fulfils the wish. */
  readonly wished: Assurance | undefined;
  /** The values of which one has to be in the ID token; those that are not the hub's are left out. */
  readonly essential: readonly Assurance[] | undefined;
}

/** @param params the parameters of an authorization request, checked by the library */
export function askedOf(params: Readonly<Record<string, unknown>>): Asked {
  const { acr_values: values, claims } = params;
  const known = (list: readonly unknown[]) =>
    list.flatMap((value) => (typeof value === 'string' ? (assuranceOf(value) ?? []) : []));
  const wish = typeof values === 'string' ? known(values.split(' ')) : [];
  const acr = acrClaim(claims);
  const named = acr === undefined ? [] : known(acr.values);
  return {
    wished: mildest(acr?.essential === true ? wish : [...wish, ...named]),
    essential: acr?.essential === true ? named : undefined,
  };
}

function acrClaim(claims: unknown): { essential: boolean; values: readonly unknown[] } | undefined {
  if (typeof claims !== 'string') return undefined;
  const parsed = JSON.parse(claims) as { id_token?: { acr?: unknown } | null } | null;
  const acr = parsed?.id_token?.acr;
  if (typeof acr !== 'object' || acr === null) return undefined;
  const { essential, value, values } = acr as { essential?: unknown; value?: unknown; values?: unknown };
  const listed = [...(value === undefined ? [] : [value]), ...(Array.isArray(values) ? values : [])];
  // Without values it asks for the claim itself, which is always there.
  return listed.length === 0 ? undefined : { essential: essential === true, values: listed };
}

/**
 * What of the strength is missing for this entry.
 * `ask`: the person has a factor, or may still set one up. `unmet`: nothing they have reaches it.
 */
export type Missing = 'nothing' | 'ask' | 'unmet';

const found = new WeakMap<KoaContextWithOIDC, Promise<Missing>>();

/** Is the session in hand as strong as the system, the person's roles and the request want it? Worked out once a request. */
export function missingStrength(services: Services, ctx: KoaContextWithOIDC): Promise<Missing> {
  let missing = found.get(ctx);
  if (missing === undefined) {
    missing = workOut(services, ctx);
    found.set(ctx, missing);
  }
  return missing;
}

async function workOut(services: Services, ctx: KoaContextWithOIDC): Promise<Missing> {
  const { account, session } = ctx.oidc;
  if (account === undefined || session === undefined) return 'nothing';
  const held = assuranceBy(session.amr ?? []);
  const system = await systemOf(services, ctx);
  const roles = system === undefined ? undefined : (await effectiveAccess(services, account.accountId)).requires;
  const floor = strictest(system?.requires, roles);
  const asked = askedOf(ctx.oidc.params as Record<string, unknown>);
  if (asked.essential?.length === 0) return 'unmet';
  const binding = strictest(floor, asked.essential && mildest(asked.essential));
  const wish = asked.wished !== undefined && wishCounts(ctx) ? asked.wished : 'password';
  if (reaches(held, strictest(binding, wish))) return 'nothing';

  const strongest = strongestBy(await credentialsOf(services, account.accountId));
  if (!reaches(held, binding)) {
    if (reaches(strongest, binding)) return 'ask';
    return (await mayStillEnrol(services, account.accountId)) ? 'ask' : 'unmet';
  }
  // What is only wished is asked for where it can be given.
  return reaches(strongest, wish) ? 'ask' : 'nothing';
}

/** A wish is worth one question, and none where nobody may be asked. */
function wishCounts(ctx: KoaContextWithOIDC): boolean {
  return !ctx.oidc.prompts.has('none') && ctx.oidc.result?.login === undefined;
}

/**
 * An essential request names what the ID token has to say; whoever proved more proved that as well. So the token says the
 * strongest of the named values that was reached.
 */
export function acrToTell(ctx: KoaContextWithOIDC): Assurance | undefined {
  const { essential } = askedOf(ctx.oidc.params as Record<string, unknown>);
  const held = assuranceBy(ctx.oidc.session?.amr ?? []);
  if (essential === undefined || essential.includes(held)) return undefined;
  return assurances.findLast((level) => essential.includes(level) && reaches(held, level));
}
