import type { IncomingMessage } from 'node:http';
import { uuidv7 } from './ids.ts';

/** On the request itself: an entry of a WeakMap for each would be the collector's to clear away. */
const own = Symbol('request id');

/**
 * The id of a request: the same in the log line, in the answer's `X-Request-Id`, on error pages and in every audit event,
 * whichever room asks first. Made here, never taken from the client, so that nobody can make two acts look like one.
 */
export function requestId(request: IncomingMessage): string {
  const marked = request as IncomingMessage & { [own]?: string };
  marked[own] ??= uuidv7(Date.now());
  return marked[own];
}
