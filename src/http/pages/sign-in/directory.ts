import type { Request, Response } from 'express';
import type { FormSignInResult } from '#actions/directories/sign-in.ts';
import { context } from '#http/context.ts';
import { flash } from '#http/middleware/flash.ts';
import { unlinked } from './source.ts';

type OfDirectory = Extract<FormSignInResult, { outcome: 'directory-second-step' | 'unlinked' | 'password-change' }>;

/** What a directory that took the password leads to, beside being in. Whoever sees it has shown that they know the password. */
export async function answerOfDirectory(
  req: Request,
  res: Response,
  result: OfDirectory,
  identifier: string,
): Promise<void> {
  if (result.outcome === 'unlinked') return unlinked(res, result.source, result, result.because, req.path);
  if (result.outcome === 'directory-second-step') {
    // The step is staged with what the directory told: one commit.
    await context(res).deps.services.store.current()?.commit();
    return res.redirect(303, `${req.path}/second`);
  }
  flash(res, { tone: 'warn', key: 'signIn.directoryPassword' }, { filled: { identifier } });
  res.redirect(303, req.path);
}
