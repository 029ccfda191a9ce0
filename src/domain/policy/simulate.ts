import type { CompiledPolicy } from './compile.ts';
import { Comparison, type Delta } from './effect.ts';
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

/** Writes out, row by row, what a comparison found for one person after another. */
export class Simulator {
  #people = 0;
  readonly #gains: PermissionRow[] = [];
  readonly #losses: PermissionRow[] = [];
  readonly #appear: ConflictRow[] = [];
  readonly #vanish: ConflictRow[] = [];
  readonly #stand: ConflictRow[] = [];

  add(person: string, { gains, losses, appear, vanish, stand }: Delta): void {
    this.#people += 1;
    for (const { system, permission } of gains) this.#gains.push({ person, system, permission });
    for (const { system, permission } of losses) this.#losses.push({ person, system, permission });
    for (const separation of appear) this.#appear.push({ separation, person });
    for (const separation of vanish) this.#vanish.push({ separation, person });
    for (const separation of stand) this.#stand.push({ separation, person });
  }

  /** @param people how many were considered, where those with nothing to say were not added */
  result(people: number = this.#people): Simulation {
    return {
      people,
      gains: this.#gains,
      losses: this.#losses,
      conflicts: { appear: this.#appear, vanish: this.#vanish, stand: this.#stand },
    };
  }
}

/** Compares two policies over people at one instant. @param at milliseconds since 1970 */
export function simulate(
  before: CompiledPolicy,
  after: CompiledPolicy,
  at: number,
  people: Iterable<SimulatedPerson>,
): Simulation {
  const comparison = new Comparison(before, after, at);
  const rows = new Simulator();
  for (const { person, subject } of people) rows.add(person, comparison.delta(subject));
  return rows.result();
}
