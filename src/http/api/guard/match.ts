import { HubError } from '#domain/errors.ts';
import type { Method, Route } from '../route.ts';

/** The routes of one path, by method. */
interface Place {
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly methods: ReadonlyMap<Method, Route>;
}

export interface Match {
  readonly route: Route;
  /** By name, decoded. @throws HubError bad-request */
  params(): Record<string, string>;
}

export type Matching = { readonly found: Match } | { readonly allow: readonly string[] } | undefined;

/** `/people/{id}` -> a pattern in which each parameter is one non-empty segment. */
function patternOf(path: string): { pattern: RegExp; names: string[] } {
  const names: string[] = [];
  const source = path
    .split('/')
    .map((segment) => {
      const name = /^\{(\w+)\}$/.exec(segment)?.[1];
      if (name === undefined) return segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      names.push(name);
      return '([^/]{1,600})';
    })
    .join('/');
  return { pattern: new RegExp(`^${source}$`), names };
}

/**
 * Finds the route of a method and path (below /api/v1). Fixed segments win over parameters. HEAD is answered by GET
 * unless the GET leaves a record (RFC 9110, 9.3.2).
 * @returns the match; the methods allowed when the path exists but not for this method; undefined when nothing is here
 */
export function createMatcher(routes: readonly Route[]): (method: string, path: string) => Matching {
  const byPath = Map.groupBy(routes, (route) => route.path);
  const places = [...byPath]
    .map(([path, group]): Place & { path: string } => {
      const methods = new Map(group.map((route) => [route.method, route]));
      return { ...patternOf(path), methods, path };
    })
    .sort((a, b) => a.names.length - b.names.length);
  return (method, path) => {
    for (const place of places) {
      const hit = place.pattern.exec(path);
      if (hit === null) continue;
      const get = place.methods.get('GET');
      const head = get !== undefined && get.recorded !== true ? get : undefined;
      const route = method === 'HEAD' ? head : place.methods.get(method as Method);
      if (route === undefined) {
        return { allow: [...place.methods.keys(), ...(head === undefined ? [] : ['HEAD'])].sort() };
      }
      const raw = place.names.map((name, index) => [name, hit[index + 1] ?? ''] as const);
      return { found: { route, params: () => Object.fromEntries(raw.map(([name, text]) => [name, decoded(text)])) } };
    }
    return undefined;
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new HubError('bad-request', 'The path holds an escape that is not UTF-8', { cause });
  }
}
