import type { CompiledPolicy } from './compile.ts';
import { type FailingTest, failingTests, holds } from './condition.ts';
import type { RuleOfPolicy } from './document.ts';
import { withIncluders } from './inclusion.ts';
import { inForce, isActiveAt, type Subject } from './subject.ts';

/** Where a rule stands in the document. */
export interface RulePlace {
  readonly path: string;
  readonly line: number;
}

/** One way in which a person comes to a role: a rule, a single assignment, or another role that includes it directly. */
export type RoleReason =
  | { readonly rule: RulePlace }
  | { readonly assignment: string }
  | { readonly includedBy: string };

/** Why a person may do what they may in one system, and what keeps them from the rest (contract.md, `policy explain`). */
export interface Explanation {
  readonly active: boolean;
  readonly roles: readonly { readonly role: string; readonly because: readonly RoleReason[] }[];
  readonly permissions: readonly {
    readonly permission: string;
    readonly because: readonly { readonly role: string }[];
  }[];
  readonly missing: readonly MissingPermission[];
}

export interface MissingPermission {
  readonly permission: string;
  /** The roles that grant it themselves. */
  readonly grantedBy: readonly string[];
  /** The rules that come nearest to giving it, those with the fewest failing tests first. */
  readonly nearest: readonly {
    readonly role: string;
    readonly rule: RulePlace;
    readonly failing: readonly FailingTest[];
  }[];
}

/** So many rules are named for a missing permission. */
const nearestCount = 3;

/** Explains from the same functions that issue. */
export function explain(policy: CompiledPolicy, subject: Subject, system: string, at: number): Explanation {
  const { document } = policy;
  const access = policy.access(subject, at);
  const held = new Set(access.systems.get(system));
  const granting = grantingRoles(policy, system);
  return {
    active: isActiveAt(subject, at),
    roles: access.roles.map((role) => ({ role, because: reasonsFor(policy, subject, role, access.roles, at) })),
    permissions: [...held].map((permission) => ({
      permission,
      because: (granting.get(permission) ?? []).filter((role) => access.roles.includes(role)).map((role) => ({ role })),
    })),
    missing: [...granting.keys()]
      .filter((permission) => !held.has(permission))
      .toSorted()
      .map((permission) => {
        const grantedBy = granting.get(permission) ?? [];
        const giving = withIncluders(policy.includers, grantedBy);
        const leading = document.assign.filter((rule) => giving.has(rule.role));
        return { permission, grantedBy, nearest: nearestRules(leading, subject, at) };
      }),
  };
}

/** Permission -> the roles that grant it themselves in this system, sorted. */
function grantingRoles({ document }: CompiledPolicy, system: string): Map<string, string[]> {
  const granting = new Map<string, string[]>();
  for (const id of [...document.roles.keys()].toSorted()) {
    for (const permission of new Set(document.roles.get(id)?.grants.get(system))) {
      const roles = granting.get(permission);
      if (roles === undefined) granting.set(permission, [id]);
      else roles.push(id);
    }
  }
  return granting;
}

function reasonsFor(
  { document }: CompiledPolicy,
  subject: Subject,
  role: string,
  heldRoles: readonly string[],
  at: number,
): RoleReason[] {
  const rules = document.assign.filter(
    (rule) => rule.role === role && inForce(rule, at) && holds(rule.when, subject.attributes),
  );
  return [
    ...rules.map((rule) => ({ rule: place(rule) })),
    ...subject.assignments
      .filter((assignment) => assignment.role === role && inForce(assignment, at))
      .map(({ id }) => ({ assignment: id })),
    ...heldRoles
      .filter((other) => document.roles.get(other)?.includes.includes(role))
      .map((includedBy) => ({ includedBy })),
  ];
}

function nearestRules(rules: readonly RuleOfPolicy[], subject: Subject, at: number): MissingPermission['nearest'] {
  return rules
    .map((rule) => ({ role: rule.role, rule: place(rule), failing: obstacles(rule, subject, at) }))
    .toSorted((a, b) => a.failing.length - b.failing.length)
    .slice(0, nearestCount);
}

/** Everything that keeps a rule from giving its role to this person now. */
function obstacles(rule: RuleOfPolicy, subject: Subject, at: number): FailingTest[] {
  const failing: FailingTest[] = [];
  if (!isActiveAt(subject, at))
    failing.push({ path: 'status', attribute: 'status', test: 'active', expected: 'active' });
  failing.push(...failingTests(rule.when, subject.attributes, `${rule.path}.when`));
  if (rule.from !== undefined && at < rule.from) {
    failing.push({ path: `${rule.path}.from`, test: 'from', expected: new Date(rule.from).toISOString() });
  }
  if (rule.until !== undefined && at >= rule.until) {
    failing.push({ path: `${rule.path}.until`, test: 'until', expected: new Date(rule.until).toISOString() });
  }
  return failing;
}

function place({ path, line }: RuleOfPolicy): RulePlace {
  return { path, line };
}
