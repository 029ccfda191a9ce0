import type { IncomingMessage } from 'node:http';

/** What Express leaves on the request once a route has matched. */
interface Routed {
  readonly route?: { readonly path?: unknown };
  readonly baseUrl?: string;
}

/** The path of a request, without its query. */
export function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  const fragment = path.indexOf('#');
  return fragment < 0 ? path : path.slice(0, fragment);
}

/**
 * The route for a metric's label: the template that Express matched, the name of a protocol endpoint, or `other`. Never the path
 * itself, which anybody can make up: labels have to stay few.
 */
export function routeLabel(request: IncomingMessage, isProtocol: (path: string) => boolean): string {
  const { route, baseUrl = '' } = request as IncomingMessage & Routed;
  if (typeof route?.path === 'string') return `${baseUrl}${route.path}`;
  const path = pathOf(request);
  if (!isProtocol(path)) return 'other';
  // Protocol paths carry at most an id behind their name, as in /auth/<id>.
  return path.split('/').slice(0, 3).map(masked).join('/');
}

/** A segment that is no longer than a UUID is no token. */
const longestShown = 36;

/** A path that may stand in a log: segments long enough to be a token are left out (one-time addresses carry theirs there). */
export function loggedPath(request: IncomingMessage): string {
  const path = pathOf(request);
  if (path.length <= longestShown) return path;
  return path
    .slice(0, 500)
    .split('/')
    .map((part) => (part.length > longestShown ? '…' : part))
    .join('/');
}

function masked(segment: string): string {
  return segment.length >= 16 && !segment.startsWith('oauth-') && !segment.startsWith('openid-') ? ':id' : segment;
}
