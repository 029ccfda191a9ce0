import type { Response } from 'express';
import { type Guessable, guessableWords } from '#actions/people/password-rules.ts';
import { fewestCharacters, fewestGuessesLog10, wordsOf } from '#domain/people/password.ts';
import { context } from '#http/context.ts';
import { allowScript } from '#http/middleware/security-headers.ts';

/** Words that a page carries at most; the judgement itself looks at all of them. */
const mostWords = 200;

/** What the hint beside a new password needs (views/partials/strength): the measure and the words of this judgement. */
export async function strengthHint(res: Response, person: Guessable = {}) {
  const words = wordsOf(await guessableWords(context(res).deps.services, person)).slice(0, mostWords);
  allowScript(res);
  return { words, enough: fewestGuessesLog10, least: fewestCharacters };
}
