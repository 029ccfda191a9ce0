/**
 * What the answer to a form has to say, kept in a sealed cookie for the page that comes next: forms answer 303, so that a
 * reload sends nothing twice and the back button works.
 */
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { type Context, context, type Flash } from '#http/context.ts';
import { cookie, cookieName, setCookie } from './cookies.ts';

const values = z.record(z.string(), z.union([z.string(), z.number()])).optional();
const schema = z.object({
  flash: z.object({ tone: z.enum(['good', 'bad', 'warn']), key: z.string(), values }).optional(),
  faults: z.record(z.string(), z.object({ key: z.string(), values })).optional(),
  filled: z.record(z.string(), z.string()).optional(),
});

type Said = Pick<Context, 'faults' | 'filled'>;

/** @param line undefined where the fields' own faults say it all */
export function flash(res: Response, line: Flash | undefined, { faults, filled }: Said = {}): void {
  // A cookie is at most 4 KiB; what was typed may be longer.
  const kept = Object.entries(filled ?? {}).map(([name, value]) => [name, value.slice(0, 200)]);
  const value = JSON.stringify({ flash: line, faults, filled: Object.fromEntries(kept) });
  setCookie(res, 'flash', context(res).deps.services.seal.seal('flash', value), 120);
}

/** Reads it, if there is any. It stays until a page has shown it: a redirect on the way would lose it otherwise. */
export const readFlash: RequestHandler = (req, res, next) => {
  if (req.method === 'GET') open(req, res);
  next();
};

function open(req: Request, res: Response): void {
  const value = cookie(req, cookieName(res, 'flash'));
  if (value === undefined || value === '') return;
  const state = context(res);
  try {
    Object.assign(state, schema.parse(JSON.parse(state.deps.services.seal.open('flash', value))));
  } catch {
    // Changed, or sealed with another secret: there is just nothing to say.
  }
}
