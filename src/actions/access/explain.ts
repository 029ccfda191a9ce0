import type { Claims } from '#domain/claims/claims.ts';
import { type NativeReason, nativeRoleMapping, nativeRoleReasons } from '#domain/claims/native-roles.ts';
import { HubError } from '#domain/errors.ts';
import { type Explanation, explain } from '#domain/policy/explain.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people, type System, systems } from '#storage/collections.ts';
import { policyInForce } from '../policy/in-force.ts';
import type { Services } from '../services.ts';
import { effectiveAccess, type SystemAccess } from './effective.ts';
import { assignmentsOf } from './reading.ts';
import { personLabel, subjectOfPerson } from './subject.ts';

/** `policy explain` of contract.md. */
export interface AccessExplanation extends Explanation {
  readonly person: string;
  readonly system: string;
  /** The version of the policy that was asked, whose lines the rules name. */
  readonly policy: number;
  readonly nativeRoles: readonly string[];
  /** What each native role comes from. */
  readonly nativeBecause: readonly { readonly nativeRole: string; readonly because: readonly NativeReason[] }[];
  readonly claims: Claims;
}

/**
 * Why a person may do what they may in one system, and what keeps them from the rest.
 * @param person the record, or its id. @param at milliseconds since 1970, default now.
 * @throws HubError `not-found` for a person or a system that is not there.
 */
export async function explainAccess(
  services: Services,
  person: Stored<Person> | string,
  systemId: string,
  at: number = services.clock.now(),
): Promise<AccessExplanation> {
  const { store } = services;
  const record = typeof person === 'string' ? await store.get(people, person) : person;
  if (record === undefined) throw new HubError('not-found', 'There is no such person');
  const system = await store.get(systems, systemId);
  if (system === undefined) throw new HubError('not-found', `There is no system "${systemId}"`);
  const { number, compiled } = await policyInForce(services);
  const subject = subjectOfPerson(record, await assignmentsOf(store.engine, record.id));
  const { active, roles, permissions, missing } = explain(compiled, subject, systemId, at);
  const there = (await effectiveAccess(services, record, at)).systems.get(systemId);
  return {
    person: personLabel(record),
    system: systemId,
    policy: number,
    active,
    roles,
    permissions,
    nativeRoles: there?.nativeRoles ?? [],
    nativeBecause: nativeBecause(services, system, there),
    claims: there?.claims ?? {},
    missing,
  };
}

function nativeBecause(
  { modules }: Services,
  system: System,
  there: SystemAccess | undefined,
): AccessExplanation['nativeBecause'] {
  const module = modules.get(system.provider);
  if (module === undefined || there === undefined) return [];
  const reasons = nativeRoleReasons(module, nativeRoleMapping(system.settings), there);
  return [...reasons]
    .map(([nativeRole, because]) => ({ nativeRole, because }))
    .sort((a, b) => (a.nativeRole < b.nativeRole ? -1 : 1));
}
