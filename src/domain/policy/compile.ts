import { type Access, accessOf, matteringRoles } from './access.ts';
import { holds } from './condition.ts';
import type { PolicyDocument } from './document.ts';
import { type Includers, includersOf, withIncluded } from './inclusion.ts';
import { RuleIndex } from './rule-index.ts';
import { inForce, isActiveAt, type Period, type Subject } from './subject.ts';

/** A company has a few hundred combinations of roles; this bounds what a strange one may take. */
const maxCombinations = 5_000;

/** A policy made ready for many questions. Compile once per version. */
export interface CompiledPolicy {
  readonly document: PolicyDocument;
  readonly includers: Includers;
  /** Roles, permissions in every system and breaches of a person at an instant (ms since 1970). */
  access(subject: Subject, at: number): Access;
  /** Everything held at some instant from `at` on, taken together: what is not in here is never held. */
  accessEver(subject: Subject, at: number): Access;
  /** The first instant after `at` at which the answer for this person may change by time alone; Infinity = never. */
  nextChange(subject: Subject, at: number): number;
}

export function compilePolicy(document: PolicyDocument): CompiledPolicy {
  const includers = includersOf(document);
  const mattering = matteringRoles(document, includers);
  const index = new RuleIndex(document.assign);
  const boundaries = [...new Set(document.assign.flatMap(boundariesOf))].toSorted((a, b) => a - b);
  const combinations = new Map<string, Access>();
  const nobody = accessOf(document, mattering, new Set());

  const directRoles = (subject: Subject, counts: (period: Period) => boolean): Set<string> => {
    const direct = new Set<string>();
    index.candidates(subject.attributes, (rule) => {
      if (!direct.has(rule.role) && counts(rule) && holds(rule.when, subject.attributes)) direct.add(rule.role);
    });
    for (const assignment of subject.assignments) {
      if (counts(assignment) && document.roles.has(assignment.role)) direct.add(assignment.role);
    }
    return direct;
  };

  const combine = (direct: ReadonlySet<string>): Access => {
    const key = JSON.stringify([...direct].toSorted());
    let access = combinations.get(key);
    if (access === undefined) {
      access = accessOf(document, mattering, withIncluded(document, direct));
      if (combinations.size >= maxCombinations) combinations.clear();
      combinations.set(key, access);
    }
    return access;
  };

  const answer = (subject: Subject, at: number, counts: (period: Period) => boolean): Access =>
    isActiveAt(subject, at) ? combine(directRoles(subject, counts)) : nobody;

  return {
    document,
    includers,
    access: (subject, at) => answer(subject, at, (period) => inForce(period, at)),
    accessEver: (subject, at) => answer(subject, at, ({ until }) => until === undefined || at < until),
    nextChange: (subject, at) => {
      const next = boundaries.find((instant) => instant > at) ?? Number.POSITIVE_INFINITY;
      return Math.min(
        next,
        ...[subject, ...subject.assignments].flatMap(boundariesOf).filter((instant) => instant > at),
      );
    },
  };
}

function boundariesOf(period: Period): number[] {
  return [period.from, period.until].filter((instant) => instant !== undefined);
}

/** The policy that grants nothing: what there is before the first one. */
export const emptyPolicy: CompiledPolicy = compilePolicy({
  domains: new Map(),
  roles: new Map(),
  assign: [],
  separation: [],
  delegations: [],
});
