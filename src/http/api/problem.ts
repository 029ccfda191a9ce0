import type { ServerResponse } from 'node:http';
import type { z } from 'zod';
import { errorTable, type FieldFault, type HubError } from '#domain/errors.ts';

/** A problem document (RFC 9457, section 3) with the hub's stable `code` and, for body faults, the list of them. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  /** The request id, the same as in log and audit. */
  readonly request?: string;
  readonly errors?: readonly FieldFault[];
}

export function problemOf(error: HubError, request: string | undefined): Problem {
  const title = errorTable[error.code].title;
  return {
    type: `urn:gatehouse:problem:${error.code}`,
    title,
    status: error.status,
    code: error.code,
    ...(error.message === title ? {} : { detail: error.message }),
    ...(request === undefined ? {} : { request }),
    ...(error.faults.length === 0 ? {} : { errors: error.faults }),
  };
}

/** Answers with a problem document. Retry-After goes along where another try makes sense (RFC 9110, 10.2.3). */
export function sendProblem(res: ServerResponse, error: HubError, request: string | undefined): void {
  const bytes = Buffer.from(JSON.stringify(problemOf(error, request)));
  res.statusCode = error.status;
  res.setHeader('content-type', 'application/problem+json');
  res.setHeader('content-length', bytes.length);
  const retryAfter = error.retryAfter ?? (error.status === 503 ? 1 : undefined);
  if (retryAfter !== undefined) res.setHeader('retry-after', Math.max(1, Math.ceil(retryAfter)));
  res.end(bytes);
}

/** The faults of a zod error, paths dotted with indexes: `roles[0].from`. An unknown key is named at its own path. */
export function faultsOf(error: z.ZodError): FieldFault[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [{ path: dotted(issue.path), message: issue.message }];
    return issue.keys.map((key) => ({ path: dotted([...issue.path, key]), message: 'This key is not known here' }));
  });
}

function dotted(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? String(step) : `${text}.${String(step)}`;
  }, '');
}
