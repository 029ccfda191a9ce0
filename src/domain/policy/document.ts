/** A policy document after its check: what compile, explain and simulate work on. Names and values are in NFC. */

export type Side = 'crm' | 'erp' | 'other';
export type Assurance = 'password' | 'mfa' | 'phishing-resistant';

/** A system as the check needs to know it. */
export interface KnownSystem {
  readonly id: string;
  readonly side: Side;
}

export interface DomainOfPolicy {
  readonly title: string;
  readonly sides: readonly Side[];
  readonly actions: readonly string[];
}

export interface RoleOfPolicy {
  readonly title: string;
  readonly description: string | undefined;
  readonly includes: readonly string[];
  /** System id -> permissions. */
  readonly grants: ReadonlyMap<string, readonly string[]>;
  /** How its holders must have signed in. */
  readonly requires: Assurance | undefined;
  readonly line: number;
}

/** A test on one attribute. Values are the characters written. */
export type Test =
  | { readonly kind: 'equals'; readonly value: string }
  | { readonly kind: 'in'; readonly values: ReadonlySet<string> }
  | { readonly kind: 'prefix'; readonly value: string }
  | { readonly kind: 'exists'; readonly value: boolean };

export type Condition =
  | { readonly kind: 'all'; readonly of: readonly Condition[] }
  | { readonly kind: 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition; readonly path: string }
  | { readonly kind: 'test'; readonly attribute: string; readonly test: Test; readonly path: string };

export interface RuleOfPolicy {
  readonly role: string;
  readonly when: Condition;
  /** Milliseconds since 1970; from inclusive, until exclusive. */
  readonly from: number | undefined;
  readonly until: number | undefined;
  readonly path: string;
  readonly line: number;
}

export interface PermissionInSystem {
  readonly system: string;
  readonly permission: string;
}

export interface SeparationOfPolicy {
  readonly id: string;
  readonly title: string;
  /** Two or more different entries. */
  readonly conflict: readonly PermissionInSystem[];
  readonly mode: 'prevent' | 'warn';
  readonly line: number;
}

export interface DelegationOfPolicy {
  readonly from: string;
  readonly to: string;
  readonly permissions: readonly string[];
  readonly line: number;
}

export interface PolicyDocument {
  readonly domains: ReadonlyMap<string, DomainOfPolicy>;
  readonly roles: ReadonlyMap<string, RoleOfPolicy>;
  readonly assign: readonly RuleOfPolicy[];
  readonly separation: readonly SeparationOfPolicy[];
  readonly delegations: readonly DelegationOfPolicy[];
}
