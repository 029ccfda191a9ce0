import { type Claims, claimsWithin } from '#domain/claims/claims.ts';
import { claimOverrides } from '#domain/claims/overrides.ts';
import { isActive } from '#domain/people/active.ts';
import { judge, type Verdict } from '#domain/providers/judge.ts';
import { scopesOf } from '#domain/providers/values.ts';
import type { Stored } from '#storage/collection.ts';
import type { Person, System } from '#storage/collections.ts';
import { effectiveAccess } from '../access/effective.ts';
import { findLink } from '../links/link-for.ts';
import type { Services } from '../services.ts';
import { reachAddresses, type SystemCheck } from './reach-addresses.ts';

/** What one person's sign-in would bring, and what the product would make of it. */
export interface ArrivalCheck {
  readonly person: { readonly id: string; readonly name: string };
  readonly claims: Claims;
  readonly verdicts: readonly Verdict[];
}

export interface SystemTest {
  readonly ok: boolean;
  readonly checks: readonly SystemCheck[];
  readonly arrival?: ArrivalCheck;
}

/** Is the registration in order, can its addresses be reached, and would this person arrive? Signs nobody in. */
export async function testSystem(
  services: Services,
  system: Stored<System>,
  person?: Stored<Person>,
): Promise<SystemTest> {
  const checks = await reachAddresses(services, system);
  const arrival = person === undefined ? undefined : await arrivalOf(services, system, person);
  const faulty = arrival?.verdicts.some(({ state }) => state === 'fault') === true;
  const ok = checks.every((check) => check.ok) && !faulty;
  return { ok, checks, ...(arrival === undefined ? {} : { arrival }) };
}

/** The claims that this system would get for a person, with the scopes that its product asks for. */
export async function arrivalOf(
  services: Services,
  system: Stored<System>,
  person: Stored<Person>,
): Promise<ArrivalCheck> {
  const module = services.modules.get(system.provider);
  const access = (await effectiveAccess(services, person)).systems.get(system.id);
  const link = await findLink(services, person.id, system.id);
  const scopes = new Set(scopesOf(module ?? {}));
  const sub = link?.sub ?? '(made at the first sign-in)';
  const claims = { sub, ...claimsWithin(access?.claims ?? {}, scopes, claimOverrides(system.settings)) };
  const mayEnter = isActive(person, services.clock.now()) && access?.mayEnter === true;
  const arrival = { name: person.name, mayEnter, claims, nativeRoles: access?.nativeRoles ?? [] };
  const verdicts = module === undefined ? [] : judge(module, system, arrival);
  return { person: { id: person.id, name: person.name }, claims, verdicts };
}
