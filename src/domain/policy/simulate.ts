import type { Access } from './access.ts';
import type { CompiledPolicy } from './compile.ts';
import type { Subject } from './subject.ts';

export interface PermissionRow {
  readonly person: string;
  readonly system: string;
  readonly permission: string;
}

export interface ConflictRow {
  readonly separation: string;
  readonly person: string;
}

/** What a change of policy does to people (contract.md, `policy simulate`). */
export interface Simulation {
  /** How many were considered, active or not. */
  readonly people: number;
  readonly gains: readonly PermissionRow[];
  readonly losses: readonly PermissionRow[];
  readonly conflicts: {
    readonly appear: readonly ConflictRow[];
    readonly vanish: readonly ConflictRow[];
    readonly stand: readonly ConflictRow[];
  };
}

/** A person to simulate for; `person` is the e-mail, or the username where there is none. */
export interface SimulatedPerson {
  readonly person: string;
  readonly subject: Subject;
}

/** Compares two policies over people at one instant. Conflicts are compared by (separation id, person). */
export function simulate(
  before: CompiledPolicy,
  after: CompiledPolicy,
  people: Iterable<SimulatedPerson>,
  at: number,
): Simulation {
  let count = 0;
  const gains: PermissionRow[] = [];
  const losses: PermissionRow[] = [];
  const appear: ConflictRow[] = [];
  const vanish: ConflictRow[] = [];
  const stand: ConflictRow[] = [];
  for (const { person, subject } of people) {
    count += 1;
    const old = before.access(subject, at);
    const fresh = after.access(subject, at);
    gains.push(...missingFrom(old, fresh, person));
    losses.push(...missingFrom(fresh, old, person));
    const was = new Set(old.breaches.map(({ id }) => id));
    const is = new Set(fresh.breaches.map(({ id }) => id));
    for (const separation of is) (was.has(separation) ? stand : appear).push({ separation, person });
    for (const separation of was) if (!is.has(separation)) vanish.push({ separation, person });
  }
  return { people: count, gains, losses, conflicts: { appear, vanish, stand } };
}

/** What `there` holds and `here` does not. */
function missingFrom(here: Access, there: Access, person: string): PermissionRow[] {
  const rows: PermissionRow[] = [];
  for (const [system, permissions] of there.systems) {
    const held = new Set(here.systems.get(system));
    for (const permission of permissions) if (!held.has(permission)) rows.push({ person, system, permission });
  }
  return rows;
}
