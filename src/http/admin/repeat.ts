import type { RequestHandler } from 'express';
import { context } from '#http/context.ts';

const mark = 'again';

/** A page's address for the way back from signing in again; the page then says to repeat the act. */
export function repeat(path: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}${mark}=1`;
}

/** Puts the line on the page that the browser came back to. A flash would be read by the sign-in page in between. */
export const sayRepeat: RequestHandler = (req, res, next) => {
  if (req.query[mark] === '1') context(res).flash = { tone: 'warn', key: 'admin.freshAgain' };
  next();
};
