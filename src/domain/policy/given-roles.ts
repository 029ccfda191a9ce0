import { hubRoles, isHubRole } from '../hub-roles.ts';
import type { CompiledPolicy } from './compile.ts';
import { holds } from './condition.ts';
import type { PolicyDocument, RuleOfPolicy } from './document.ts';
import { withIncluded } from './inclusion.ts';
import { inForce, isActiveAt, type SingleAssignment, type Subject } from './subject.ts';

/** A role that somebody was given itself, not as a part of another one, and what gave it: one assignment, or the rules that hold. */
export type GivenRole<A extends SingleAssignment = SingleAssignment> =
  | { readonly role: string; readonly assignment: A }
  | { readonly role: string; readonly rules: readonly RuleOfPolicy[] };

/**
 * Everything that a person's rights come from at an instant: each single assignment that has not ended, those to come and roles of
 * the hub among them, and each role that rules give. What these roles include is held through them.
 */
export function givenRoles<A extends SingleAssignment>(
  { document }: CompiledPolicy,
  subject: Omit<Subject, 'assignments'> & { readonly assignments: readonly A[] },
  at: number,
): GivenRole<A>[] {
  const assigned = subject.assignments.filter(({ until }) => until === undefined || at < until);
  const byRule = new Map<string, RuleOfPolicy[]>();
  if (isActiveAt(subject, at)) {
    for (const rule of document.assign) {
      if (!inForce(rule, at) || !holds(rule.when, subject.attributes)) continue;
      byRule.set(rule.role, [...(byRule.get(rule.role) ?? []), rule]);
    }
  }
  return [
    ...assigned.map((assignment) => ({ role: assignment.role, assignment })),
    ...[...byRule].map(([role, rules]) => ({ role, rules })),
  ];
}

/** System id -> what a role grants there with all it includes, sorted. A role of the hub grants in the system `hub`. */
export function grantsOf(document: PolicyDocument, role: string): ReadonlyMap<string, readonly string[]> {
  if (isHubRole(role)) return new Map([['hub', hubRoles[role]?.grants.toSorted() ?? []]]);
  const granted = new Map<string, Set<string>>();
  for (const one of withIncluded(document, [role])) {
    for (const [system, permissions] of document.roles.get(one)?.grants ?? []) {
      if (permissions.length === 0) continue;
      granted.set(system, new Set([...(granted.get(system) ?? []), ...permissions]));
    }
  }
  return new Map([...granted].map(([system, permissions]) => [system, [...permissions].toSorted()]));
}
