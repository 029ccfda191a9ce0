import { z } from 'zod';
import { errorTable } from '#domain/errors.ts';
import type { Route } from '../route.ts';
import { named, refTo } from './names.ts';

export const problemSchema = named(
  'Problem',
  z
    .object({
      type: z.string(),
      title: z.string(),
      status: z.int(),
      code: z.enum(Object.keys(errorTable) as [string, ...string[]]).describe('Stable; programs decide by it'),
      detail: z.string().optional(),
      request: z.string().optional().describe('Request id, the same as in log and audit'),
      errors: z
        .array(
          z.object({
            path: z.string().describe('Dotted with indexes: roles[0].from'),
            message: z.string(),
            line: z.int().describe('Of a policy or a CSV file, from 1').optional(),
            suggestion: z.string().optional(),
          }),
        )
        .optional(),
    })
    .describe('RFC 9457'),
);

const about: Readonly<Record<number, string>> = {
  400: 'The request is not well-formed, or the query holds an unknown key',
  401: 'No credential, or none that holds',
  403: 'Not for this caller',
  404: 'Not here, or not of this owner',
  409: 'Clashes with what is stored',
  412: 'Changed meanwhile',
  413: 'The body is too large',
  415: 'Not the content type that this takes',
  422: 'Some fields are not right; `errors` lists them',
  428: 'If-Match is missing',
  503: 'Busy, or the store does not answer; Retry-After says when to try again',
};

/** The refusals that a route can give, as the guard gives them. */
export function problemResponses(route: Route): Record<string, object> {
  const statuses = [400, 401, 403, 503];
  if (route.find !== undefined) statuses.push(404);
  if (route.body !== undefined) statuses.push(413, 415, 422);
  if (route.method !== 'GET') statuses.push(409);
  if (route.versioned === true) statuses.push(412, 428);
  return Object.fromEntries(
    statuses.sort().map((status) => [
      String(status),
      {
        description: about[status] ?? '',
        content: { 'application/problem+json': { schema: refTo(problemSchema) } },
      },
    ]),
  );
}
