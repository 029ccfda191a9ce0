import { fold } from './folding.ts';

/**
 * Fewest characters of a password that stands alone, and today every one does (NIST SP 800-63B-4, 3.1.1.2). It becomes
 * 12 for people who have a second factor.
 */
export const fewestCharacters = 15;
/** Most bytes; longer ones are refused, never cut. */
export const mostBytes = 1024;

export type PasswordFault = {
  readonly reason: 'too-short' | 'too-long' | 'guessable';
  /** English, safe to show. */
  readonly message: string;
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
 * Why a new password is refused, or undefined when it is fine. No composition rules: length, and that it is not made
 * of what everybody would try first.
 * @param words the person's names and logins and the company's name; longer texts are split into words
 */
export function passwordFault(password: string, words: readonly (string | undefined)[]): PasswordFault | undefined {
  const normal = normalPassword(password);
  if (tooLong(password)) return { reason: 'too-long', message: `is longer than ${mostBytes} bytes` };
  if ([...normal].length < fewestCharacters)
    return {
      reason: 'too-short',
      message: `is shorter than ${fewestCharacters} characters; several words make a good one`,
    };
  if (unguessed(normal, words) < fewestUnguessed)
    return {
      reason: 'guessable',
      message: 'is made of names, common words or simple sequences; choose words that nobody would guess',
    };
  return undefined;
}

/** How many different characters have to be left when everything guessable is taken away. */
const fewestUnguessed = 6;

/** Words that lists of leaked passwords begin with; a short list of our own until a library brings a long one. */
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
  const personal = words
    .flatMap((text) => (text === undefined ? [] : [fold(text), ...fold(text).split(/[^\p{L}\p{N}]+/u)]))
    .filter((word) => [...word].length >= 3 || /\p{Script=Han}{2}/u.test(word));
  const blocked = [...new Set([...common, ...personal])].sort((a, b) => b.length - a.length);
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
