import type { CompiledPolicy } from './compile.ts';
import { explain, type RoleReason, type RulePlace } from './explain.ts';
import type { Subject } from './subject.ts';

/** One way in which a person comes to a permission: the granting role, those by whose inclusion it comes, and what gives the last. */
export interface RightPath {
  /** The granting role first, the one that was given last. */
  readonly roles: readonly string[];
  readonly rule?: RulePlace;
  /** Id of the single assignment. */
  readonly assignment?: string;
}

/** So many ways are told of one permission. */
const most = 20;

/** Every way, shortest first, in which a person comes to one permission at an instant (ms since 1970). */
export function pathsTo(
  policy: CompiledPolicy,
  subject: Subject,
  right: { readonly system: string; readonly permission: string },
  at: number,
): readonly RightPath[] {
  const { roles, permissions } = explain(policy, subject, right.system, at);
  const reasons = new Map(roles.map(({ role, because }): [string, readonly RoleReason[]] => [role, because]));
  const granting = permissions.find(({ permission }) => permission === right.permission)?.because ?? [];
  const found: RightPath[] = [];
  // Breadth first, so that what is left out beyond the limit is the longest; inclusion has no cycles.
  const open = granting.map(({ role }) => [role]);
  for (let place = 0; place < open.length && found.length < most && place < most * 20; place += 1) {
    const way = open[place] ?? [];
    for (const reason of reasons.get(way.at(-1) ?? '') ?? []) {
      if ('includedBy' in reason) open.push([...way, reason.includedBy]);
      else found.push({ roles: way, ...reason });
    }
  }
  return found.slice(0, most);
}
