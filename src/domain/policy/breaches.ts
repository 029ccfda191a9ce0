import type { CompiledPolicy } from './compile.ts';
import type { SeparationOfPolicy } from './document.ts';
import type { Subject } from './subject.ts';

/** A person under a policy: one side of a change. */
export interface Standing {
  readonly policy: CompiledPolicy;
  readonly subject: Subject;
}

/** A separation rule that a change would newly breach, and from when. */
export interface NewBreach {
  readonly rule: SeparationOfPolicy;
  /** Milliseconds since 1970: now, or the later instant at which dated rules and assignments come together. */
  readonly from: number;
}

/**
 * The separation rules that a change would newly breach, now or at any later instant that is written already (a rule or
 * an assignment that begins later would otherwise bring the breach with nobody acting). A rule that was breached at the
 * same instant before the change stands already and is not new; it is the same rule if its id is the same.
 * @param before undefined: the person did not exist.
 */
export function newBreaches(before: Standing | undefined, after: Standing, now: number): NewBreach[] {
  // Almost everybody: nothing they will ever hold comes together, so no instant needs a look.
  if (after.policy.accessEver(after.subject, now).breaches.length === 0) return [];
  const found = new Map<string, NewBreach>();
  for (let at = now; at < Number.POSITIVE_INFINITY; ) {
    const breached = after.policy.access(after.subject, at).breaches;
    if (breached.some((rule) => !found.has(rule.id))) {
      const standing = before?.policy.access(before.subject, at).breaches ?? [];
      for (const rule of breached) {
        if (!found.has(rule.id) && !standing.some(({ id }) => id === rule.id)) found.set(rule.id, { rule, from: at });
      }
    }
    const next = after.policy.nextChange(after.subject, at);
    at = Math.min(next, before?.policy.nextChange(before.subject, at) ?? next);
  }
  return [...found.values()];
}
