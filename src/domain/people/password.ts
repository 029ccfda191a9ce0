import { fold } from './folding.ts';

/**
 * Fewest characters of a password that stands alone (NIST SP 800-63B-4, 3.1.1.2). Beside a second factor 12 would do, but a
 * factor can be taken away afterwards, when nobody can see any more how long the password is; so it holds for everybody.
 */
export const fewestCharacters = 15;
/** Most bytes; longer ones are refused, never cut. */
export const mostBytes = 1024;

/**
 * Fewest guesses that a password has to take, as their decimal logarithm, by the estimate of platform/guessing: common passwords,
 * words, dates, keyboard runs and repetitions together. Ten thousand million are out of reach of whoever has to ask the hub.
 */
export const fewestGuessesLog10 = 10;

export type PasswordFault = {
  readonly reason: 'too-short' | 'too-long' | 'guessable';
  /** English, safe to show. */
  readonly message: string;
};

const guessable: PasswordFault = {
  reason: 'guessable',
  message: 'is made of names, common words or simple sequences; choose several words that nobody would guess',
};

/** A password as it is hashed and compared: NFC, nothing trimmed. */
export function normalPassword(password: string): string {
  return password.normalize('NFC');
}

/** Is it longer than the hub looks at? Such a try is refused like any wrong password. */
export function tooLong(password: string): boolean {
  return Buffer.byteLength(normalPassword(password), 'utf8') > mostBytes;
}

/**
 * Why a new password is refused, as far as can be told without the list of common passwords, or undefined. No composition
 * rules: length, and that it is not made of what everybody would try first.
 * @param words the person's names and logins and the company's words; longer texts are split into words
 */
export function passwordFault(password: string, words: readonly (string | undefined)[]): PasswordFault | undefined {
  const normal = normalPassword(password);
  if (tooLong(password)) return { reason: 'too-long', message: `is longer than ${mostBytes} bytes` };
  if ([...normal].length < fewestCharacters)
    return {
      reason: 'too-short',
      message: `is shorter than ${fewestCharacters} characters; several words make a good one`,
    };
  return unguessed(normal, words) < fewestUnguessed ? guessable : undefined;
}

/** The same by the estimate of how many guesses it takes (decimal logarithm). */
export function estimateFault(guessesLog10: number): PasswordFault | undefined {
  return guessesLog10 < fewestGuessesLog10 ? guessable : undefined;
}

/** Texts and the words in them, folded, that are worth trying: the company's and the person's own. */
export function wordsOf(texts: readonly (string | undefined)[]): string[] {
  const all = texts.flatMap((text) => (text === undefined ? [] : [fold(text), ...fold(text).split(/[^\p{L}\p{N}]+/u)]));
  return [...new Set(all)].filter((word) => [...word].length >= 3 || /\p{Script=Han}{2}/u.test(word));
}

/** How many different characters have to be left when everything guessable is taken away. */
const fewestUnguessed = 6;

/** What is tried first in the hub's languages and about its trade; the long list of common passwords comes with the estimate. */
const common = `
  passwort password passw0rd contrasena motdepasse haslo parola kennwort mima qwertyuiop qwertzuiop
  azertyuiop asdfghjkl zxcvbnm qwerty qwertz azerty asdf zxcv 1q2w3e4r 1qaz2wsx qazwsx welcome letmein
  iloveyou changeme default secret monkey dragon sunshine princess football baseball superman batman master
  shadow michael trustno starwars computer internet samsung administrator admin root user guest test demo
  login temp company gatehouse salesforce oracle january february march april june july august september
  october november december monday tuesday wednesday thursday friday saturday sunday spring summer autumn
  winter thisismy hello woaini
`
  .trim()
  .split(/\s+/); // prettier-ignore

/** Characters somebody guesses in place of letters. */
const lookalikes: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
};

function unguessed(password: string, words: readonly (string | undefined)[]): number {
  const blocked = [...new Set([...common, ...wordsOf(words)])].sort((a, b) => b.length - a.length);
  const folded = fold(password);
  const spelt = [...folded].map((character) => lookalikes[character] ?? character).join('');
  return Math.min(left(folded, blocked), left(spelt, blocked));
}

/** Different characters left when blocked words, runs (`1234`) and repetitions are taken away. */
function left(text: string, blocked: readonly string[]): number {
  let rest = text;
  for (const word of blocked) rest = rest.replaceAll(word, ' ');
  const different = new Set<string>();
  let before = -10;
  for (const character of rest.replace(/[^\p{L}\p{N}]+/gu, ' ')) {
    const code = character.codePointAt(0) ?? 0;
    if (character !== ' ' && Math.abs(code - before) > 1) different.add(character);
    before = code;
  }
  return different.size;
}
