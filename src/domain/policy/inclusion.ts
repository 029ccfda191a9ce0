import type { PolicyDocument } from './document.ts';

/** The roles and all that they include, however far. */
export function withIncluded({ roles }: PolicyDocument, start: Iterable<string>): Set<string> {
  return reachable(start, (role) => roles.get(role)?.includes ?? []);
}

/** Role -> the roles that include it directly. */
export type Includers = ReadonlyMap<string, readonly string[]>;

export function includersOf({ roles }: PolicyDocument): Includers {
  const includers = new Map<string, string[]>();
  for (const [id, { includes }] of roles) {
    for (const included of new Set(includes)) {
      const list = includers.get(included);
      if (list === undefined) includers.set(included, [id]);
      else list.push(id);
    }
  }
  return includers;
}

/** The roles and all that include them, however far. */
export function withIncluders(includers: Includers, start: Iterable<string>): Set<string> {
  return reachable(start, (role) => includers.get(role) ?? []);
}

function reachable(start: Iterable<string>, next: (name: string) => readonly string[]): Set<string> {
  const reached = new Set(start);
  // A Set visits what is added while it is walked.
  for (const name of reached) for (const other of next(name)) reached.add(other);
  return reached;
}
