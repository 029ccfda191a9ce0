import type { JsonValue } from '#domain/audit/event.ts';
import { type Attribute, changedFields, type PersonFields } from '#domain/people/fields.ts';
import { fieldsOf } from '#domain/people/record.ts';
import type { Access } from '#domain/policy/access.ts';
import { assignmentsOf } from '../../access/reading.ts';
import { personLabel, subjectOfPerson } from '../../access/subject.ts';
import { storedPerson } from '../stored.ts';
import type { Plan, PlannedRow } from './plan.ts';

/** What a load does to one person, field by field, and what they may do afterwards that they may not do now. */
export interface PersonEffect {
  /** Of the file; 0 for somebody whom it does not name. */
  readonly line: number;
  readonly act: 'create' | 'change' | 'disable' | 'enable' | 'leave';
  /** Undefined for somebody new. */
  readonly id?: string;
  readonly person: string;
  readonly name: string;
  readonly department?: string;
  readonly fields: readonly { readonly field: string; readonly before: JsonValue; readonly after: JsonValue }[];
  readonly password: boolean;
  readonly roles: Gains<string>;
  readonly permissions: Gains<{ readonly system: string; readonly permission: string }>;
  /** Separation rules (ids) that are breached afterwards or no more. A `prevent` rule is a fault of its row instead. */
  readonly conflicts: { readonly appear: readonly string[]; readonly vanish: readonly string[] };
}

interface Gains<T> {
  readonly gains: readonly T[];
  readonly losses: readonly T[];
}

/** Of a planned row that writes something. */
export async function effectOf({ services, policy }: Plan, row: PlannedRow): Promise<PersonEffect> {
  const { before, fields } = row;
  const now = services.clock.now();
  const record = storedPerson(services, fields, before);
  const assigned = before === undefined ? [] : await assignmentsOf(services.store, before.id);
  const access = (person: Parameters<typeof subjectOfPerson>[0] | undefined): Access | undefined =>
    person === undefined ? undefined : policy.compiled.access(subjectOfPerson(person, assigned), now);
  const [was, is] = [access(before), access(record)];
  const breaches = (one: Access | undefined) => (one?.breaches ?? []).map(({ id }) => id);
  const conflicts = difference(breaches(was), breaches(is), String);
  // A rule that is breached at a later date, by an assignment that begins then, appears too.
  const appear = new Set([...conflicts.gains, ...row.accepted.map(({ rule }) => rule.id)]);
  return {
    line: row.row.line,
    act: actOf(row),
    ...(before === undefined ? {} : { id: before.id }),
    person: personLabel({ ...record, name: record.name }),
    name: record.name,
    ...(record.department === undefined ? {} : { department: record.department }),
    fields: fieldEffects(before && fieldsOf(before), fields),
    password: row.givesPassword,
    roles: difference(was?.roles ?? [], is?.roles ?? [], String),
    permissions: difference(held(was), held(is), ({ system, permission }) => `${system} ${permission}`),
    conflicts: { appear: [...appear], vanish: conflicts.losses },
  };
}

function actOf({ kind, before, fields }: PlannedRow): PersonEffect['act'] {
  if (kind === 'leave') return 'leave';
  if (before === undefined) return 'create';
  if (before.status === fields.status) return 'change';
  return fields.status === 'disabled' ? 'disable' : 'enable';
}

function fieldEffects(before: PersonFields | undefined, after: PersonFields): PersonEffect['fields'] {
  const none: PersonFields = { status: 'active', emailVerified: false, attributes: {} };
  const valueIn = (fields: PersonFields | undefined, name: string): JsonValue => {
    if (fields === undefined) return null;
    const attribute = name.startsWith('attributes.') ? name.slice('attributes.'.length) : undefined;
    const from: Readonly<Record<string, Attribute | boolean | object | undefined>> =
      attribute === undefined ? { ...fields } : fields.attributes;
    const key = attribute ?? name;
    const value = Object.hasOwn(from, key) ? from[key] : undefined;
    if (value === undefined) return null;
    return typeof value === 'object' ? [...(value as readonly string[])] : value;
  };
  return changedFields(before ?? none, after).map((name) => ({
    field: name.replace(/^attributes\./, ''),
    before: valueIn(before, name),
    after: valueIn(after, name),
  }));
}

function held(access: Access | undefined): { system: string; permission: string }[] {
  return [...(access?.systems ?? [])].flatMap(([system, list]) => list.map((permission) => ({ system, permission })));
}

function difference<T>(before: readonly T[], after: readonly T[], keyOf: (item: T) => string): Gains<T> {
  const [was, is] = [new Set(before.map(keyOf)), new Set(after.map(keyOf))];
  return {
    gains: after.filter((item) => !was.has(keyOf(item))),
    losses: before.filter((item) => !is.has(keyOf(item))),
  };
}
