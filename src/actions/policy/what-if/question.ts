import type { Delta } from '#domain/policy/effect.ts';
import type { SingleAssignment } from '#domain/policy/subject.ts';
import type { SystemModule } from '#domain/providers/system-module.ts';
import type { Person } from '#storage/collections.ts';

/** A person as sweeps take them: plain data that can travel to a thread, without what serves search and sorting alone. */
export interface SweptPerson {
  readonly id: string;
  readonly person: Omit<Person, 'logins' | 'searchTerms' | 'sortName' | 'createdAt' | 'changedAt'>;
  readonly assignments: readonly SingleAssignment[];
}

/** A system as the size of claims needs it. */
export interface SweptSystem {
  readonly id: string;
  readonly module: Pick<SystemModule, 'claims' | 'nativeRoles' | 'nativeClaim' | 'reconcile'>;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Bytes. */
  readonly budget: number;
  /** The hub's own, for people who name none. */
  readonly timeZone: string;
}

/** Policies travel as text and are compiled where the sweep runs; `null` is the one that grants nothing. */
export type Question =
  | {
      readonly kind: 'change';
      readonly before: string | null;
      readonly after: string;
      readonly at: number;
      readonly systems: readonly SweptSystem[];
      /** Look for breaches that later dates bring too, as a publication has to. */
      readonly ahead: boolean;
    }
  | { readonly kind: 'conflicts'; readonly policy: string | null; readonly at: number }
  | {
      readonly kind: 'holders';
      readonly policy: string | null;
      readonly at: number;
      readonly system: string;
      readonly permission: string;
    };

/** Somebody whom a change touches. `delta` is a place in `deltas`. */
export interface Affected {
  readonly id: string;
  /** E-mail, or the username where there is none. */
  readonly person: string;
  readonly name: string;
  readonly department?: string;
  readonly delta: number;
}

export interface BreachFound {
  readonly id: string;
  readonly person: string;
  readonly separation: string;
  readonly mode: 'prevent' | 'warn';
  /** Milliseconds since 1970. */
  readonly from: number;
}

/** How large the claims for one system become. */
export interface ClaimsSize {
  readonly system: string;
  readonly budget: number;
  /** Bytes of the largest, now and under the new policy, and whose it would be. */
  readonly before: number;
  readonly after: number;
  readonly largest?: { readonly id: string; readonly person: string };
  /** How many are above the budget under the new policy, and how many of them are not now. */
  readonly over: number;
  readonly newlyOver: number;
  /** Some of those who newly are, the largest first. */
  readonly names: readonly { readonly id: string; readonly person: string; readonly bytes: number }[];
}

/** What a change does to everybody. People with the same roles share one delta, so that a large company's answer is small. */
export interface Effect {
  /** How many were considered, active or not. */
  readonly people: number;
  readonly deltas: readonly Delta[];
  readonly affected: readonly Affected[];
  /** With `ahead`: the separation rules that are newly breached, now or later. */
  readonly breaches: readonly BreachFound[];
  readonly claims: readonly ClaimsSize[];
}

export interface StandingBreach {
  readonly separation: string;
  readonly id: string;
  readonly person: string;
}

export interface Breaches {
  readonly breaches: readonly StandingBreach[];
  /** Ms; until then the answer cannot change by time alone. */
  readonly until: number;
}

export interface Holder {
  readonly id: string;
  readonly person: string;
  readonly name: string;
  readonly department?: string;
}

export interface Answers {
  readonly change: Effect;
  readonly conflicts: Breaches;
  readonly holders: readonly Holder[];
}
export type AnswerTo<Q extends Question> = Answers[Q['kind']];
