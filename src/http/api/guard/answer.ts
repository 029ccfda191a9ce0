import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Answer, Route } from '../route.ts';
import { etagOf } from './precondition.ts';

/**
 * Sends what a handler answered. The body is cut down to the declared schema, so that nothing leaves that was not declared.
 * @throws when the answer is not one that the route declares: a fault of ours, answered 500
 */
export async function sendAnswer(res: ServerResponse, route: Route, answer: Answer): Promise<void> {
  const declared = route.answers[answer.status];
  if (declared === undefined) throw new Error(`${route.method} ${route.path} does not declare ${answer.status}`);
  const told = answer.stream === undefined ? declared.schema : undefined;
  const body = told === undefined ? undefined : JSON.stringify(told.parse(answer.body));
  res.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers ?? {})) res.setHeader(name, value);
  if (answer.version !== undefined) res.setHeader('etag', etagOf(answer.version));
  if (answer.stream !== undefined) return sendStream(res, answer.stream);
  if (body === undefined) {
    res.end();
    return;
  }
  const bytes = Buffer.from(body);
  res.setHeader('content-type', 'application/json; charset=utf-8');
  res.setHeader('content-length', bytes.length);
  res.end(bytes);
}

/** A fault in the middle breaks the connection off, so that a cut export is never taken for a whole one. */
async function sendStream(res: ServerResponse, stream: NonNullable<Answer['stream']>): Promise<void> {
  res.setHeader('content-type', stream.type);
  res.setHeader('content-disposition', `attachment; filename="${stream.filename}"`);
  await pipeline(stream.content, res);
}
