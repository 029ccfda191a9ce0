import type { Access } from './access.ts';
import type { CompiledPolicy } from './compile.ts';
import type { PermissionInSystem } from './document.ts';
import type { Subject } from './subject.ts';

/** What a change of policy does to everybody who has the same roles before and after. */
export interface Delta {
  readonly gains: readonly PermissionInSystem[];
  readonly losses: readonly PermissionInSystem[];
  /** Ids of separation rules that are newly breached, no longer, still. */
  readonly appear: readonly string[];
  readonly vanish: readonly string[];
  readonly stand: readonly string[];
}

/** Pairs kept; a compiled policy forgets its combinations too when they grow beyond reason. */
const mostKnown = 20_000;

/** The difference of two answers; made once for each pair of combinations of roles and shared by all who have it. */
class Deltas {
  readonly #known = new Map<Access, Map<Access, Delta>>();
  #count = 0;

  of(before: Access, after: Access): Delta {
    let known = this.#known.get(before);
    if (known === undefined) {
      known = new Map();
      this.#known.set(before, known);
    }
    let delta = known.get(after);
    if (delta === undefined) {
      if (++this.#count % mostKnown === 0) this.#known.clear();
      delta = deltaOf(before, after);
      known.set(after, delta);
    }
    return delta;
  }
}

/** Is there anything to say of it? */
export function isEmpty({ gains, losses, appear, vanish, stand }: Delta): boolean {
  return gains.length + losses.length + appear.length + vanish.length + stand.length === 0;
}

function deltaOf(before: Access, after: Access): Delta {
  const was = new Set(before.breaches.map(({ id }) => id));
  const is = new Set(after.breaches.map(({ id }) => id));
  return {
    gains: missingFrom(before, after),
    losses: missingFrom(after, before),
    appear: [...is].filter((id) => !was.has(id)),
    vanish: [...was].filter((id) => !is.has(id)),
    stand: [...is].filter((id) => was.has(id)),
  };
}

/** What `there` holds and `here` does not. */
function missingFrom(here: Access, there: Access): PermissionInSystem[] {
  if (here === there) return [];
  const rows: PermissionInSystem[] = [];
  for (const [system, permissions] of there.systems) {
    const held = new Set(here.systems.get(system));
    for (const permission of permissions) if (!held.has(permission)) rows.push({ system, permission });
  }
  return rows;
}

/** Compares two policies for one person after another at one instant. */
export class Comparison {
  readonly before: CompiledPolicy;
  readonly after: CompiledPolicy;
  readonly #at: number;
  readonly #deltas = new Deltas();

  /** @param at milliseconds since 1970. */
  constructor(before: CompiledPolicy, after: CompiledPolicy, at: number) {
    this.before = before;
    this.after = after;
    this.#at = at;
  }

  delta(subject: Subject): Delta {
    return this.#deltas.of(this.before.access(subject, this.#at), this.after.access(subject, this.#at));
  }

  /** The same with the two answers themselves. */
  compare(subject: Subject): { readonly before: Access; readonly after: Access; readonly delta: Delta } {
    const [before, after] = [this.before.access(subject, this.#at), this.after.access(subject, this.#at)];
    return { before, after, delta: this.#deltas.of(before, after) };
  }
}
