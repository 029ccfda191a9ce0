import { recordRefusal } from '#actions/audit/refused.ts';
import { keepCall } from '#actions/scim/calls.ts';
import type { Services } from '#actions/services.ts';
import { ScimError } from '#domain/scim/error.ts';
import { errorBody, type ScimAnswer, scimErrorOf } from './answer.ts';
import type { ScimRequest } from './request.ts';
import { routeOf } from './routes.ts';

/** Refusals that stay on record: attempts to take or do what is not the client's. Malformed requests are on the client's page alone. */
const recorded = new Set([403, 409]);

/**
 * Answers one request of a client: finds its handler, and turns what was refused into a SCIM error. What goes wrong in the hub itself
 * is logged and answered 500 without a word about it.
 *
 * @param readBody the JSON that was sent; asked for only where there is a handler. @throws ScimError, HubError, answered as refusals
 */
export async function answerScim(
  services: Services,
  request: Omit<ScimRequest, 'body'>,
  readBody: () => Promise<unknown>,
): Promise<ScimAnswer> {
  const { method, client } = request;
  // A path that is no route is not repeated anywhere: it may hold what belongs in a body.
  let path = '/…';
  try {
    const route = routeOf(method, request.path);
    path = route.template;
    const answer = await route.handle(services, { ...request, body: await readBody() });
    const { status, person } = answer;
    await keepCall(services, { client: client.id, method, path, status, ...(person === undefined ? {} : { person }) });
    return answer;
  } catch (fault) {
    const error = scimErrorOf(fault);
    if (error === undefined) {
      services.log.error({ err: fault, request: request.origin.request, system: client.id }, 'scim fault');
      const unknown = new ScimError(500, 'Something went wrong in the hub');
      return { status: 500, body: errorBody(unknown) };
    }
    await refused(services, request, path, error);
    const retry: Record<string, string> = error.status === 503 ? { 'retry-after': '2' } : {};
    return { status: error.status, body: errorBody(error), headers: retry };
  }
}

async function refused(
  services: Services,
  request: Omit<ScimRequest, 'body'>,
  path: string,
  error: ScimError,
): Promise<void> {
  const { client, method, origin } = request;
  const call = { client: client.id, method, path, status: error.status, detail: error.message };
  await keepCall(services, call);
  if (!recorded.has(error.status)) return;
  const refusal = {
    error: error.scimType ?? String(error.status),
    endpoint: `${method} /scim/v2${path}`,
    system: client.id,
  };
  await recordRefusal(services, origin, refusal).catch((fault: unknown) =>
    services.log.error({ err: fault, request: origin.request }, 'a refusal could not be recorded'),
  );
}
