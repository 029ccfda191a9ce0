import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { hubRoles } from '#domain/hub-roles.ts';
import type { PeopleRow } from '#domain/people/csv/rows.ts';
import { changedFields, type PersonFields, patched } from '#domain/people/fields.ts';
import { loginsOf } from '#domain/people/folding.ts';
import { fieldsOf } from '#domain/people/record.ts';
import { personFaults } from '#domain/people/rules.ts';
import type { NewBreach } from '#domain/policy/breaches.ts';
import { importedHashFault } from '#platform/hashing/schemes/index.ts';
import type { Stored } from '#storage/collection.ts';
import { assignments, credentials, type Person } from '#storage/collections.ts';
import { assignmentsOf, everyRecord } from '../../access/reading.ts';
import { breachesOfChange } from '../../access/separation.ts';
import { ownersOf } from '../../assignments/owners.ts';
import { type PolicyInForce, policyInForce } from '../../policy/in-force.ts';
import type { Services } from '../../services.ts';
import { passwordId } from '../credential.ts';
import { judgePassword } from '../password-rules.ts';
import { isWithin, refuseWayIn, requireReach, withinFaults } from '../rights.ts';
import { letIn, storedPerson } from '../stored.ts';
import { type Known, knownOf, meets } from './match.ts';

/** What is wrong with a row: its line (from 1), the column, how to put it right. */
export interface ImportFault {
  readonly line: number;
  readonly path: string;
  readonly message: string;
}

/** What a good row will do. `same` writes nothing; `leave` is somebody whom the file does not name. */
export interface PlannedRow {
  readonly kind: 'create' | 'change' | 'same' | 'leave';
  readonly row: PeopleRow;
  readonly fields: PersonFields;
  readonly before: Stored<Person> | undefined;
  /** The row brings a password or a hash, and the person has none yet. */
  readonly givesPassword: boolean;
  /** `warn` rules that it newly breaches. */
  readonly accepted: readonly NewBreach[];
}

/** What is known of the whole file while it is planned. */
export interface Plan {
  readonly services: Services;
  readonly origin: Origin;
  policy: PolicyInForce;
  /** Whoever holds a role of the hub: few, and not changed by just anybody. */
  readonly holders: ReadonlySet<string>;
  /** Owners whom the file leaves in place so far. */
  readonly owners: Set<string>;
  /** Whom rows met, good or bad. */
  readonly met: Set<string>;
  /** Lines by what they claim: a login, an employee number, a person. */
  readonly claimed: Map<string, number>;
}

export async function startPlan(services: Services, origin: Origin): Promise<Plan> {
  const where = { role: { in: Object.keys(hubRoles) } };
  const holders = new Set<string>();
  for await (const { person } of everyRecord(services.store, assignments, { where })) holders.add(person);
  const [policy, owners] = [await policyInForce(services), await ownersOf(services)];
  return { services, origin, policy, holders, owners, met: new Set(), claimed: new Map() };
}

/** Plans some rows, in their order. Nothing is written. */
export async function planRows(
  plan: Plan,
  rows: readonly PeopleRow[],
): Promise<{ planned: PlannedRow[]; faults: ImportFault[] }> {
  const known = await knownOf(plan.services, rows);
  const planned: PlannedRow[] = [];
  const faults: ImportFault[] = [];
  for (const row of rows) {
    const before = meets(row, known);
    if (before !== undefined) plan.met.add(before.id);
    const told = patched(row.patch, before && fieldsOf(before));
    const fields = letIn(plan.services, told, before, row.patch.lastDay !== undefined);
    const wrong = [
      ...(before === undefined || isWithin(plan.origin, before) ? withinFaults(plan.origin, fields) : outside(before)),
      ...personFaults(fields),
      ...(await passwordFaults(plan, row, fields)),
      ...claimFaults(plan, row, fields, before),
      ...clashFaults(known, fields, before),
    ];
    const good = wrong.length === 0 ? await effect(plan, row, fields, before, wrong) : undefined;
    // Only a good row stands in the way of a later one: with bad rows skipped the later one is loaded.
    if (good !== undefined) {
      for (const { key } of claimsOf(fields, before)) plan.claimed.set(key, row.line);
      planned.push(good);
    }
    for (const { path, message } of wrong)
      faults.push({ line: row.line, path: path.replace(/^attributes\./, ''), message });
  }
  return { planned, faults };
}

/** Whom the row meets is nobody that a limited right reaches; the row that names them is known to whoever wrote it. */
function outside({ employeeNumber }: Stored<Person>): Wrong {
  const path = employeeNumber === undefined ? 'email' : 'employeeNumber';
  return [{ path, message: 'belongs to somebody outside of the departments that you administer; leave the row out' }];
}

type Wrong = { path: string; message: string }[];

async function passwordFaults({ services }: Plan, row: PeopleRow, fields: PersonFields): Promise<Wrong> {
  if (row.password !== undefined) {
    const fault = await judgePassword(services, fields, row.password);
    return fault === undefined ? [] : [{ path: 'password', message: fault.message }];
  }
  const message = row.passwordHash === undefined ? undefined : importedHashFault(row.passwordHash);
  return message === undefined ? [] : [{ path: 'passwordHash', message }];
}

/** What a row claims for its person alone. */
function claimsOf(fields: PersonFields, before: Stored<Person> | undefined): { key: string; path: string }[] {
  const claims: { key: string; path: string }[] = [];
  for (const path of ['email', 'username'] as const)
    for (const login of loginsOf({ email: fields[path] })) claims.push({ key: `login:${login}`, path });
  if (fields.employeeNumber !== undefined)
    claims.push({ key: `number:${fields.employeeNumber}`, path: 'employeeNumber' });
  if (before !== undefined) claims.push({ key: `person:${before.id}`, path: 'employeeNumber' });
  return claims;
}

/** Within the file nobody stands twice, and no login or number is claimed twice. One fault for each row is enough. */
function claimFaults(plan: Plan, row: PeopleRow, fields: PersonFields, before: Stored<Person> | undefined): Wrong {
  for (const { key, path } of claimsOf(fields, before)) {
    const line = plan.claimed.get(key);
    if (line !== undefined && line !== row.line) return [{ path, message: `is on line ${line} already` }];
  }
  return [];
}

function clashFaults(known: Known, fields: PersonFields, before: Stored<Person> | undefined): Wrong {
  return (['email', 'username'] as const).flatMap((path) => {
    const login = fields[path];
    const owner = login === undefined ? undefined : known.byLogin.get(loginsOf({ email: login })[0] ?? '');
    return owner === undefined || owner.id === before?.id ? [] : [{ path, message: 'belongs to another person' }];
  });
}

/** What a row does that is right in itself; what forbids it is added to `wrong`. */
async function effect(
  plan: Plan,
  row: PeopleRow,
  fields: PersonFields,
  before: Stored<Person> | undefined,
  wrong: Wrong,
): Promise<PlannedRow | undefined> {
  const { services, origin } = plan;
  const givesPassword = await bringsPassword(services, row, before);
  const changes = before === undefined ? [] : changedFields(fieldsOf(before), fields);
  if (before !== undefined && changes.length === 0 && !givesPassword)
    return { kind: 'same', row, fields, before, givesPassword, accepted: [] };
  if (before !== undefined && plan.holders.has(before.id)) {
    const refusal = await refusalOf(requireReach(services, origin, before));
    if (refusal !== undefined) wrong.push({ path: 'email', message: refusal.message });
    // Where a reset link is mailed to is a way to sign in, as a password is.
    const way = givesPassword ? 'password' : changes.includes('email') ? 'email' : undefined;
    const unfit = way && (await refusalOf(refuseWayIn(services, origin, before)));
    if (way && unfit) wrong.push({ path: way, message: unfit.message });
    if (
      (fields.status === 'disabled' || fields.lastDay !== undefined) &&
      plan.owners.delete(before.id) &&
      plan.owners.size === 0
    )
      wrong.push({ path: 'status', message: 'the last owner of the hub has to stay' });
  }
  const { prevented, accepted } = await breaches(plan, fields, before);
  for (const { rule } of prevented) wrong.push({ path: 'separation', message: `would breach the rule ${rule.id}` });
  if (wrong.length > 0) return undefined;
  return { kind: before === undefined ? 'create' : 'change', row, fields, before, givesPassword, accepted };
}

async function refusalOf(check: Promise<void>): Promise<HubError | undefined> {
  try {
    await check;
    return undefined;
  } catch (fault) {
    if (fault instanceof HubError) return fault;
    throw fault;
  }
}

async function bringsPassword({ store }: Services, row: PeopleRow, before: Stored<Person> | undefined) {
  if (row.password === undefined && row.passwordHash === undefined) return false;
  return before === undefined || (await store.get(credentials, passwordId(before.id))) === undefined;
}

async function breaches({ services, policy }: Plan, fields: PersonFields, before: Stored<Person> | undefined) {
  if (policy.number === 0) return { prevented: [], accepted: [] };
  const now = services.clock.now();
  const person = storedPerson(services, fields, before);
  const assigned = before === undefined ? [] : await assignmentsOf(services.store, before.id);
  const state = before && { person: before, assignments: assigned };
  return breachesOfChange(policy, state, { person, assignments: assigned }, now);
}
