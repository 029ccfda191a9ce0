import type { Request, Response } from 'express';
import { z } from 'zod';
import { context } from '#http/context.ts';
import { cookie, cookieName, setCookie } from '#http/middleware/cookies.ts';

const purpose = 'secret-once';
const name = 'secret';
const schema = z.object({ system: z.string(), secret: z.string() });

/**
 * Hands a new client secret to the page that comes next, in a sealed cookie of two minutes: forms answer 303, and the page
 * that shows it takes the cookie away, so a reload does not show it again.
 */
export function showOnce(res: Response, system: string, secret: string): void {
  const value = JSON.stringify({ system, secret });
  setCookie(res, name, context(res).deps.services.seal.seal(purpose, value), 120);
}

/** The secret that the act before made for this system; undefined at every later look. */
export function takeShownOnce(req: Request, res: Response, system: string): string | undefined {
  const sealed = cookie(req, cookieName(res, name));
  if (sealed === undefined || sealed === '') return undefined;
  setCookie(res, name, '', 0);
  try {
    const told = schema.parse(JSON.parse(context(res).deps.services.seal.open(purpose, sealed)));
    return told.system === system ? told.secret : undefined;
  } catch {
    // Changed, or sealed with another key: there is nothing to show.
    return undefined;
  }
}
