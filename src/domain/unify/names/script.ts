const scripts = [/\p{Script=Latin}/u, /\p{Script=Han}/u, /\p{Script=Cyrillic}/u];

/** Are two names written in scripts that share no letter? */
export function otherScript(one: string, two: string): boolean {
  const of = (text: string): RegExp | undefined => scripts.find((script) => script.test(text));
  const [a, b] = [of(one), of(two)];
  return a !== undefined && b !== undefined && a !== b;
}
