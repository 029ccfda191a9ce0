import type { IncomingMessage } from 'node:http';
import { uuidv7 } from './ids.ts';

const ids = new WeakMap<IncomingMessage, string>();

/**
 * The id of a request: the same in the log line, in the answer's `X-Request-Id`, on error pages and in every audit event,
 * whichever room asks first. Made here, never taken from the client, so that nobody can make two acts look like one.
 */
export function requestId(request: IncomingMessage): string {
  let id = ids.get(request);
  if (id === undefined) {
    id = uuidv7(Date.now());
    ids.set(request, id);
  }
  return id;
}
