import { claimantOf } from '#domain/claims/claimant.ts';
import { type Claims, claimsOf } from '#domain/claims/claims.ts';
import { nativeRoleMapping, nativeRolesOf } from '#domain/claims/native-roles.ts';
import { claimOverrides, withOverrides } from '#domain/claims/overrides.ts';
import { HubError } from '#domain/errors.ts';
import { type HubRights, hubRightsOf } from '#domain/hub-rights.ts';
import type { HubPermission } from '#domain/hub-roles.ts';
import type { Access } from '#domain/policy/access.ts';
import { isActiveAt } from '#domain/policy/subject.ts';
import { reconcilingOf, shapedRoles } from '#domain/providers/reconcile.ts';
import type { Stored } from '#storage/collection.ts';
import {
  type Assignment,
  assignments,
  type Link,
  links,
  type Person,
  people,
  type System,
  systems,
} from '#storage/collections.ts';
import type { Store } from '#storage/store.ts';
import { type PolicyInForce, policyInForce } from '../policy/in-force.ts';
import type { Services } from '../services.ts';
import { assignmentsOf, committedSystems, everyRecord } from './reading.ts';
import { subjectOfPerson } from './subject.ts';

/** What a person holds in one system, and every claim it could receive (`claimsWithin` cuts them to the scopes). */
export interface SystemAccess {
  readonly permissions: readonly string[];
  /** Business roles through which something is held there. */
  readonly roles: readonly string[];
  readonly nativeRoles: readonly string[];
  readonly claims: Claims;
  /** Active, the system enabled, and at least one permission there or the system open to everybody. */
  readonly mayEnter: boolean;
}

export interface EffectiveAccess {
  readonly personId: string;
  readonly active: boolean;
  readonly roles: readonly string[];
  /** Every system of the store, also those where nothing is held. */
  readonly systems: ReadonlyMap<string, SystemAccess>;
  /** What the person may do in the hub itself, over everybody: by single assignment only. */
  readonly hub: ReadonlySet<HubPermission>;
  /** The same with what they may do over the people of some departments. */
  readonly hubRights: HubRights;
  /** The strictest way of signing in that a role asks for. */
  readonly requires: Access['requires'];
}

interface Cached {
  /** What the answer rests on: versions and counters of changes. */
  readonly stamp: readonly number[];
  readonly since: number;
  /** When time alone may change the answer. */
  readonly until: number;
  readonly access: EffectiveAccess;
}

const maxCached = 20_000;
const caches = new WeakMap<Store, Map<string, Cached>>();

/**
 * Everything that a person may do now, in all systems and in the hub. Answers from committed state, cached until the
 * person, the policy, an assignment, a link or a system changes, or a date passes.
 * @param person the record, or its id. @param at milliseconds since 1970; given, nothing is cached.
 * @throws HubError `not-found` for an id that nobody has.
 */
export async function effectiveAccess(
  services: Services,
  person: Stored<Person> | string,
  at?: number,
): Promise<EffectiveAccess> {
  const { store, clock } = services;
  const record = typeof person === 'string' ? await store.get(people, person) : person;
  if (record === undefined) throw new HubError('not-found', 'There is no such person');
  if (at !== undefined) return (await compute(services, record, at)).access;

  const now = clock.now();
  const policy = await policyInForce(services);
  const stamp = [
    record.version,
    record.changedAt,
    policy.number,
    store.changes(assignments),
    store.changes(links),
    store.changes(systems),
  ];
  const cache = cacheOf(store);
  const cached = cache.get(record.id);
  if (cached !== undefined && isSame(cached.stamp, stamp) && cached.since <= now && now < cached.until)
    return cached.access;
  const { access, until } = await compute(services, record, now);
  if (cache.size >= maxCached) cache.clear();
  cache.set(record.id, { stamp, since: now, until, access });
  return access;
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, at) => value === b[at]);
}

async function compute(
  services: Services,
  person: Stored<Person>,
  at: number,
): Promise<{ access: EffectiveAccess; until: number }> {
  const { store } = services;
  const [policy, assigned, linked, everySystem] = await Promise.all([
    policyInForce(services),
    assignmentsOf(store.engine, person.id),
    Array.fromAsync(everyRecord(store.engine, links, { where: { person: person.id } })),
    committedSystems(store),
  ]);
  const access = accessFrom(services, policy, person, assigned, linked, everySystem, at);
  return { access, until: policy.compiled.nextChange(subjectOfPerson(person, assigned), at) };
}

function accessFrom(
  { modules, log, settings }: Services,
  policy: PolicyInForce,
  person: Stored<Person>,
  assigned: readonly Stored<Assignment>[],
  linked: readonly Link[],
  everySystem: readonly Stored<System>[],
  at: number,
): EffectiveAccess {
  const subject = subjectOfPerson(person, assigned);
  const active = isActiveAt(subject, at);
  const held = policy.compiled.access(subject, at);
  const claimant = claimantOf(person, person.changedAt, settings.timeZone);
  const perSystem = everySystem.map((system): [string, SystemAccess] => {
    const module = modules.get(system.provider);
    const here = { roles: held.rolesIn.get(system.id) ?? [], permissions: held.systems.get(system.id) ?? [] };
    const mayEnter = active && system.enabled && (system.open || here.permissions.length > 0);
    if (module === undefined) {
      log.warn({ system: system.id, provider: system.provider }, 'no provider module of this name; it gets no claims');
      return [system.id, { ...here, nativeRoles: [], claims: {}, mayEnter: false }];
    }
    const nativeRoles = nativeRolesOf(module, nativeRoleMapping(system.settings), here);
    const { profile, sets } = shapedRoles(reconcilingOf(module, system.settings), nativeRoles);
    const login = linked.find((link) => link.system === system.id)?.login;
    const there = { ...here, nativeRoles: sets, profile };
    const overrides = claimOverrides(system.settings);
    const claims = withOverrides(claimsOf(module, claimant, login, there), overrides, claimant, login, there);
    return [system.id, { ...here, nativeRoles, claims, mayEnter }];
  });
  const hubRights = hubRightsOf(active, assigned, at);
  return {
    personId: person.id,
    active,
    roles: held.roles,
    systems: new Map(perSystem),
    hub: hubRights.everywhere,
    hubRights,
    requires: held.requires,
  };
}

function cacheOf(store: Store): Map<string, Cached> {
  let cache = caches.get(store);
  if (cache === undefined) {
    cache = new Map();
    caches.set(store, cache);
  }
  return cache;
}
