import type { IncomingMessage, ServerResponse } from 'node:http';
import { recordRefusal } from '#actions/audit/refused.ts';
import type { Services } from '#actions/services.ts';
import type { ErrorCode } from '#domain/errors.ts';
import { asHubError } from '#http/middleware/errors.ts';
import { people, systems } from '#storage/collections.ts';
import { sendProblem } from '../problem.ts';
import type { Caller } from '../route.ts';
import { challenge } from './authorize.ts';
import type { Match } from './match.ts';

/** What is known of a request when it is refused. */
export interface Progress {
  caller?: Caller;
  match?: Match;
}

/** What stays on record: attempts to do what one may not. A malformed or a stale request is none. */
const recorded: ReadonlySet<ErrorCode> = new Set(['forbidden', 'cross-site', 'fresh-sign-in-required', 'last-admin']);

/** Answers a refusal or a fault with its problem document, logs faults and records attempts. */
export async function refuse(
  services: Services,
  request: string | undefined,
  { caller, match }: Progress,
  req: IncomingMessage,
  res: ServerResponse,
  cause: unknown,
): Promise<void> {
  if (res.headersSent) {
    // The answer was on its way: the client went away, or what was being read broke.
    services.log.warn({ request, err: cause }, 'an answer broke off');
    res.destroy();
    return;
  }
  const error = asHubError(cause);
  if (error.status >= 500) services.log.error({ request, code: error.code, err: error.cause ?? error }, 'api fault');
  challenge(res, error, match?.route.permission);
  if (caller !== undefined && recorded.has(error.code)) {
    await record(services, caller, match, req.method ?? '', error.code).catch((fault) =>
      services.log.error({ request, err: fault }, 'a refusal could not be recorded'),
    );
  }
  sendProblem(res, error, request);
}

async function record(
  services: Services,
  caller: Caller,
  match: Match | undefined,
  method: string,
  error: ErrorCode,
): Promise<void> {
  const endpoint = `${method} /api/v1${match?.route.path ?? ''}`;
  const concerned = match === undefined ? {} : await concernedBy(services, match);
  await recordRefusal(services, caller.origin, { error, endpoint, ...concerned });
}

/** The person or the system that the path names, if there is such a one. */
async function concernedBy(
  { store }: Services,
  { route, params }: Match,
): Promise<{ subject?: { id: string }; system?: string }> {
  const [, collection] = route.path.split('/');
  if (!route.path.includes('{id}')) return {};
  const { id = '' } = params();
  if (collection === 'people' && (await store.get(people, id)) !== undefined) return { subject: { id } };
  if (collection === 'systems' && (await store.get(systems, id)) !== undefined) return { system: id };
  return {};
}
