/** A line for the next page, kept in a sealed cookie: forms answer 303, and the page after says what was done. */
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { context, type Flash } from '#http/context.ts';
import { cookie, cookieName, setCookie } from './cookies.ts';

const schema = z.object({
  flash: z
    .object({
      tone: z.enum(['good', 'bad', 'warn']),
      key: z.string(),
      values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
    })
    .optional(),
  filled: z.record(z.string(), z.string()).optional(),
});

/** @param filled what the form held and should hold again; never a password */
export function flash(res: Response, line: Flash, filled?: Readonly<Record<string, string>>): void {
  // A cookie is at most 4 KiB; what was typed may be longer.
  const kept = Object.entries(filled ?? {}).map(([name, value]) => [name, value.slice(0, 200)]);
  const value = JSON.stringify({ flash: line, filled: Object.fromEntries(kept) });
  setCookie(res, 'flash', context(res).deps.services.seal.seal('flash', value), 120);
}

/** Reads the line, if any, and takes the cookie away. */
export const readFlash: RequestHandler = (req, res, next) => {
  if (req.method === 'GET') takeFlash(req, res);
  next();
};

function takeFlash(req: Request, res: Response): void {
  const value = cookie(req, cookieName(res, 'flash'));
  if (value === undefined) return;
  setCookie(res, 'flash', '', 0);
  const state = context(res);
  try {
    const read = schema.parse(JSON.parse(state.deps.services.seal.open('flash', value)));
    if (read.flash !== undefined) state.flash = read.flash as Flash;
    if (read.filled !== undefined) state.filled = read.filled;
  } catch {
    // Changed, or sealed with another secret: there is just no line to show.
  }
}
