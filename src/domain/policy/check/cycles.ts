import type { Faults } from '../fault.ts';
import { shown } from './fields.ts';
import type { Inclusion } from './roles.ts';

/**
 * Reports every inclusion that lies on a circle: each of them is a place where the circle can be broken. Strongly
 * connected components after Tarjan, without recursion, so that a chain of any length is safe.
 */
export function reportCycles(faults: Faults, inclusions: readonly Inclusion[]): void {
  const next = new Map<string, string[]>();
  for (const { from, to } of inclusions) {
    const list = next.get(from);
    if (list === undefined) next.set(from, [to]);
    else list.push(to);
  }
  const component = components(next);
  for (const { from, to, path, line } of inclusions) {
    if (component.get(from) !== component.get(to)) continue;
    const message =
      from === to
        ? `The role "${shown(from)}" includes itself; remove this.`
        : `The role "${shown(from)}" includes "${shown(to)}", which includes "${shown(from)}" again; break the circle.`;
    faults.add(path, line, message);
  }
}

interface Visit {
  readonly name: string;
  readonly index: number;
  low: number;
  child: number;
}

function components(next: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const component = new Map<string, number>();
  const visits = new Map<string, Visit>();
  const open: Visit[] = [];
  let components = 0;
  const enter = (name: string, path: Visit[]): void => {
    const visit = { name, index: visits.size, low: visits.size, child: 0 };
    visits.set(name, visit);
    open.push(visit);
    path.push(visit);
  };
  for (const start of next.keys()) {
    if (visits.has(start)) continue;
    const path: Visit[] = [];
    enter(start, path);
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const child = next.get(visit.name)?.[visit.child++];
      if (child !== undefined) {
        const known = visits.get(child);
        if (known === undefined) enter(child, path);
        else if (!component.has(child)) visit.low = Math.min(visit.low, known.index);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) parent.low = Math.min(parent.low, visit.low);
      if (visit.low !== visit.index) continue;
      for (const member of open.splice(open.indexOf(visit))) component.set(member.name, components);
      components += 1;
    }
  }
  return component;
}
