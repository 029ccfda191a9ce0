import { claimOverrides } from '#domain/claims/overrides.ts';
import { type ReleasedClaim, releasedClaims } from '#domain/claims/released.ts';
import { delegatedTo } from '#domain/policy/delegated.ts';
import type { Stored } from '#storage/collection.ts';
import { type Link, links, type Person, type System } from '#storage/collections.ts';
import { effectiveAccess, type SystemAccess } from '../../access/effective.ts';
import { everyRecord } from '../../access/reading.ts';
import { policyInForce } from '../../policy/in-force.ts';
import type { Services } from '../../services.ts';
import { systemDirectory } from '../../systems/directory.ts';
import { type Sent, sentAbout } from './sent.ts';

/** A claim as it goes to a system, with when it last did. Times in ms. */
export interface SentClaim extends ReleasedClaim {
  readonly lastSent?: number;
}

/** What one system receives of a person, and by what right. */
export interface SystemRelease {
  readonly system: string;
  /** The provider module that names the personal claims. */
  readonly module: string;
  /**
   * `sent`: at each entry; `ahead`: at the first one; `stopped`: entered before, and may not now; `none`: nothing was ever sent,
   * and nothing is.
   */
  readonly state: 'sent' | 'ahead' | 'stopped' | 'none';
  /** Why it may: `permissions` held there, `open` to everybody; absent where it may not. */
  readonly because?: 'permissions' | 'open';
  /** The company's own: nobody is asked. A third party receives what the person agreed to. */
  readonly firstParty: boolean;
  /** The newest agreement; it holds for the sign-in that it was given in. */
  readonly agreed?: { readonly at: number; readonly scopes: readonly string[] };
  /** Since when there is a tie, with or without an entry. */
  readonly since?: number;
  readonly claims: readonly SentClaim[];
  /** Systems that may call this one in the person's name, and what it then learns: `sub` and these permissions. */
  readonly delegated: readonly {
    readonly from: string;
    readonly permissions: readonly string[];
    readonly last?: number;
  }[];
}

export interface DataReleases {
  readonly systems: readonly SystemRelease[];
  /** When the times of sending are known only back to a moment. */
  readonly readBackTo?: number;
}

/**
 * Which system receives which personal attribute of a person, and why. The values come from the very access that tokens are made
 * from (`effectiveAccess`), so that this cannot differ from what is sent; when it was sent comes from the record.
 */
export async function dataReleases(services: Services, person: Stored<Person>): Promise<DataReleases> {
  const [access, { all }, linked, sent, { compiled }] = await Promise.all([
    effectiveAccess(services, person),
    systemDirectory(services),
    Array.fromAsync(everyRecord(services.store, links, { where: { person: person.id } })),
    sentAbout(services, person.id),
    policyInForce(services),
  ]);
  const systems = all.flatMap((system): SystemRelease[] => {
    const here = access.systems.get(system.id);
    const module = services.modules.get(system.provider);
    // What nobody can sign in to receives nothing by signing in.
    const isPlace = system.redirectUris.length > 0 || system.api !== undefined;
    if (here === undefined || module === undefined || !isPlace) return [];
    const link = linked.find((one) => one.system === system.id);
    const claims = releasedClaims(module, person, here.claims, link, claimOverrides(system.settings));
    const delegated = callers(all, system).flatMap((from) => {
      const { permissions } = delegatedTo(compiled.document, from, system.id, access.active ? here.permissions : []);
      const last = sent.lastDelegated(from, system.id);
      return permissions.length === 0 && last === undefined
        ? []
        : [{ from, permissions, ...(last === undefined ? {} : { last }) }];
    });
    return [released(system, module.title, here, link, claims, sent, delegated)];
  });
  return { systems, ...(sent.readBackTo === undefined ? {} : { readBackTo: sent.readBackTo }) };
}

function callers(all: readonly Stored<System>[], target: Stored<System>): string[] {
  return all.filter(({ id, enabled }) => enabled && id !== target.id).map(({ id }) => id);
}

function released(
  system: Stored<System>,
  module: string,
  here: SystemAccess,
  link: Link | undefined,
  claims: readonly ReleasedClaim[],
  sent: Sent,
  delegated: SystemRelease['delegated'],
): SystemRelease {
  const agreed = sent.agreedTo(system.id);
  const shown = claims.map((claim): SentClaim => {
    const lastSent = sent.lastOf(system.id, claim.scope);
    return { ...claim, ...(lastSent === undefined ? {} : { lastSent }) };
  });
  // Of what is sent no more the value of now says nothing: what went there is what it was then.
  const before = shown.filter(({ lastSent }) => lastSent !== undefined).map(({ value: _, ...claim }) => claim);
  const entered = sent.lastOf(system.id, 'openid') !== undefined;
  return {
    system: system.id,
    module,
    state: here.mayEnter ? (entered ? 'sent' : 'ahead') : entered ? 'stopped' : 'none',
    ...(here.mayEnter ? { because: here.permissions.length > 0 ? ('permissions' as const) : ('open' as const) } : {}),
    firstParty: system.firstParty,
    ...(agreed === undefined ? {} : { agreed }),
    ...(link === undefined ? {} : { since: link.createdAt }),
    claims: here.mayEnter ? shown : before,
    delegated,
  };
}
