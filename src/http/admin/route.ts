import type { Request, Response } from 'express';
import type { Guarded } from '#domain/hub-scope.ts';
import type { HttpDeps } from '#http/deps.ts';

/** One page or form of the console. The list in routes.ts is what is mounted and what the route × role test reads. */
export interface AdminRoute extends Guarded {
  readonly method: 'get' | 'post';
  /** Below the issuer, with Express parameters. */
  readonly path: string;
  /** Takes `multipart/form-data` too, files and long texts in it. */
  readonly upload?: true;
  /** Takes whole files as bytes (multipart/form-data). */
  readonly files?: true;
  readonly handler: (req: Request, res: Response, deps: HttpDeps) => Promise<void>;
}

/** A path parameter or a form field as text; anything else is the empty string. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** Query of this address with some keys set or (undefined) taken away, for links of filters and pages. */
export function withQuery(req: Request, changes: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(req.query)) if (typeof value === 'string') query.set(key, value);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) query.delete(key);
    else query.set(key, value);
  }
  const rest = query.toString();
  return rest === '' ? req.path : `${req.path}?${rest}`;
}
