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

/** Compares two policies over people at one instant, one person at a time. */
export class Simulator {
  readonly #before: CompiledPolicy;
  readonly #after: CompiledPolicy;
  readonly #at: number;
  #people = 0;
  readonly #gains: PermissionRow[] = [];
  readonly #losses: PermissionRow[] = [];
  readonly #appear: ConflictRow[] = [];
  readonly #vanish: ConflictRow[] = [];
  readonly #stand: ConflictRow[] = [];

  /** @param at milliseconds since 1970. */
  constructor(before: CompiledPolicy, after: CompiledPolicy, at: number) {
    this.#before = before;
    this.#after = after;
    this.#at = at;
  }

  add({ person, subject }: SimulatedPerson): void {
    this.#people += 1;
    const before = this.#before.access(subject, this.#at);
    const after = this.#after.access(subject, this.#at);
    this.#gains.push(...missingFrom(before, after, person));
    this.#losses.push(...missingFrom(after, before, person));
    const was = new Set(before.breaches.map(({ id }) => id));
    const is = new Set(after.breaches.map(({ id }) => id));
    for (const separation of is) (was.has(separation) ? this.#stand : this.#appear).push({ separation, person });
    for (const separation of was) if (!is.has(separation)) this.#vanish.push({ separation, person });
  }

  result(): Simulation {
    return {
      people: this.#people,
      gains: this.#gains,
      losses: this.#losses,
      conflicts: { appear: this.#appear, vanish: this.#vanish, stand: this.#stand },
    };
  }
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
