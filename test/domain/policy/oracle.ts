/**
 * The meaning of a policy computed the slow and plain way, straight from contract.md, sharing nothing with the code it
 * judges: documents are plain objects, every question walks everything.
 */
export type Value = string | number | boolean;
export type Tests = Value | { in?: Value[]; prefix?: Value; exists?: boolean };
export interface When {
  all?: When[];
  any?: When[];
  not?: When;
  [attribute: string]: unknown;
}
export interface PlainPolicy {
  version: 1;
  domains: Record<string, { sides: string[]; actions: string[] }>;
  roles: Record<string, { includes?: string[]; grants?: Record<string, string[]> }>;
  assign: { role: string; when: When; from?: string; until?: string }[];
  separation: { id: string; mode: 'prevent' | 'warn'; conflict: { system: string; permission: string }[] }[];
}
export interface PlainPerson {
  attributes: Record<string, string | string[]>;
  active: boolean;
  assignments: { role: string; from?: number; until?: number }[];
}

const written = (value: Value): string => String(value).normalize('NFC');

function testHolds(test: Tests, value: string | string[] | undefined): boolean {
  if (typeof test === 'object') {
    const results: boolean[] = [];
    if (test.exists !== undefined) results.push(test.exists === (value !== undefined));
    const list = value === undefined ? [] : Array.isArray(value) ? value : [value];
    if (test.in !== undefined) results.push(list.some((one) => test.in?.map(written).includes(one.normalize('NFC'))));
    if (test.prefix !== undefined) {
      const prefix = written(test.prefix);
      results.push(list.some((one) => one.normalize('NFC').startsWith(prefix)));
    }
    return !results.includes(false);
  }
  if (value === undefined) return false;
  return [value].flat().some((one) => one.normalize('NFC') === written(test));
}

export function whenHolds(when: When, attributes: PlainPerson['attributes']): boolean {
  for (const [key, demand] of Object.entries(when)) {
    if (key === 'all') {
      if ((demand as When[]).some((part) => !whenHolds(part, attributes))) return false;
    } else if (key === 'any') {
      if (!(demand as When[]).some((part) => whenHolds(part, attributes))) return false;
    } else if (key === 'not') {
      if (whenHolds(demand as When, attributes)) return false;
    } else {
      const value = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
      if (!testHolds(demand as Tests, value)) return false;
    }
  }
  return true;
}

function ruleInForce(rule: PlainPolicy['assign'][number], at: number): boolean {
  if (rule.from !== undefined && at < Date.parse(rule.from)) return false;
  return rule.until === undefined || at < Date.parse(rule.until);
}

export function rolesOf(policy: PlainPolicy, person: PlainPerson, at: number): string[] {
  if (!person.active) return [];
  let roles = policy.assign
    .filter((rule) => ruleInForce(rule, at) && whenHolds(rule.when, person.attributes))
    .map((rule) => rule.role);
  for (const { role, from, until } of person.assignments) {
    if (!Object.hasOwn(policy.roles, role)) continue;
    if ((from ?? -Infinity) <= at && at < (until ?? Infinity)) roles.push(role);
  }
  roles = [...new Set(roles)];
  for (;;) {
    const more = [...new Set([...roles, ...roles.flatMap((role) => policy.roles[role]?.includes ?? [])])];
    if (more.length === roles.length) return more.sort();
    roles = more;
  }
}

/** `system permission`, sorted. */
export function permissionsOf(policy: PlainPolicy, person: PlainPerson, at: number): string[] {
  const all = rolesOf(policy, person, at).flatMap((role) =>
    Object.entries(policy.roles[role]?.grants ?? {}).flatMap(([system, list]) => list.map((one) => `${system} ${one}`)),
  );
  return [...new Set(all)].sort();
}

export function breachesOf(policy: PlainPolicy, person: PlainPerson, at: number): string[] {
  const held = permissionsOf(policy, person, at);
  return policy.separation
    .filter(({ conflict }) => conflict.every(({ system, permission }) => held.includes(`${system} ${permission}`)))
    .map(({ id }) => id)
    .sort();
}
