/**
 * Reads `m=19456,t=2,p=1` into numbers.
 * @returns undefined for a malformed or repeated pair, or a number that is not a plain decimal.
 */
export function parameters(text: string): Map<string, number> | undefined {
  const found = new Map<string, number>();
  for (const pair of text.split(',')) {
    const match = /^([a-z]+)=([0-9]{1,10})$/.exec(pair);
    if (match?.[1] === undefined || found.has(match[1])) return undefined;
    found.set(match[1], Number(match[2]));
  }
  return found;
}
