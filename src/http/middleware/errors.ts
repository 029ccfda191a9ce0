/** The end of every road: what was thrown becomes a page that says what happened, what is safe and what to do next. */
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { HubError } from '#domain/errors.ts';
import { context } from '#http/context.ts';
import { render } from '#http/render/page.ts';
import { CommitConflict, isUnavailable } from '#storage/port.ts';

export const notFound: RequestHandler = () => {
  throw new HubError('not-found');
};

/** Anything thrown as a row of the error table; what is not known is `internal`. */
export function asHubError(thrown: unknown): HubError {
  if (isUnavailable(thrown)) return new HubError('store-unavailable', undefined, { cause: thrown, retryAfter: 2 });
  if (thrown instanceof HubError) return thrown;
  if (thrown instanceof CommitConflict) return new HubError(codeOfConflict(thrown), undefined, { cause: thrown });
  const status = statusOf(thrown);
  if (status === 413) return new HubError('too-large', undefined, { cause: thrown });
  if (status === 415) return new HubError('unsupported-type', undefined, { cause: thrown });
  if (status !== undefined && status >= 400 && status < 500)
    return new HubError('bad-request', undefined, { cause: thrown });
  return new HubError('internal', undefined, { cause: thrown });
}

function codeOfConflict({ reason }: CommitConflict): 'stale' | 'not-found' | 'already-exists' | 'conflict' {
  if (reason === 'stale') return 'stale';
  if (reason === 'missing') return 'not-found';
  return reason === 'condition' ? 'conflict' : 'already-exists';
}

/** Express and its body parser put `status` on what they throw. */
function statusOf(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('status' in thrown)) return undefined;
  return typeof thrown.status === 'number' ? thrown.status : undefined;
}

/** The last 8 characters of the request id: short enough to read to the help desk over the phone. */
export function helpCode(requestId: string): string {
  const tail = requestId.slice(-8).toUpperCase();
  return `${tail.slice(0, 4)}-${tail.slice(4)}`;
}

export const errorPage: ErrorRequestHandler = async (thrown, req, res, next) => {
  const error = asHubError(thrown);
  const { deps, requestId } = context(res);
  if (error.status >= 500) deps.services.log.error({ request: requestId, err: thrown }, 'request failed');
  if (res.headersSent) return next(thrown);
  if (error.code === 'interaction-over') {
    const onward = await deps.oidc.onward(req, req.path);
    if (onward !== undefined) return res.redirect(303, onward);
  }
  if (error.retryAfter !== undefined) res.setHeader('Retry-After', String(error.retryAfter));
  if (req.accepts(['html', 'json']) === 'json') return problem(res, error);
  render(res, 'pages/error', { code: error.code, helpCode: helpCode(requestId) }, error.status);
};

/** For programs that stray onto a page (RFC 9457). */
function problem(res: Response, error: HubError): void {
  const { texts, requestId } = context(res);
  res.status(error.status).setHeader('Cache-Control', 'no-store');
  res.type('application/problem+json').send(
    JSON.stringify({
      type: 'about:blank',
      title: texts.t(`errors.${error.code}.title`),
      status: error.status,
      code: error.code,
      request: requestId,
    }),
  );
}
