import type { Request } from 'express';
import { field } from '#http/middleware/form.ts';

/** Where the person was going when a second factor was asked for; only an authorization request that waits at this hub. */
export function continueOf(req: Request): string | undefined {
  const given = req.method === 'GET' ? req.query.continue : field(req, 'continue');
  return typeof given === 'string' && /^\/authorize\/[\w-]{20,60}$/.test(given) ? given : undefined;
}

/** The path with `continue`, where there is one. */
export function withContinue(path: string, on: string | undefined): string {
  return on === undefined ? path : `${path}?continue=${encodeURIComponent(on)}`;
}
