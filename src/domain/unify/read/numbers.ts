/** Letters that nearly every number of a list begins with (`EMP-00017`, `PL00017`): they name the list, not the person. */
export function commonPrefix(numbers: readonly string[]): string {
  const times = new Map<string, number>();
  let told = 0;
  for (const number of numbers) {
    if (number.trim() === '') continue;
    told += 1;
    const prefix = prefixOf(number);
    if (prefix !== '') times.set(prefix, (times.get(prefix) ?? 0) + 1);
  }
  const [most] = [...times].sort((a, b) => b[1] - a[1]);
  return most !== undefined && most[1] >= told * 0.8 ? most[0] : '';
}

function prefixOf(number: string): string {
  return /^\s*(\p{L}{1,6})[\s_./-]*\d/u.exec(number)?.[1]?.toLowerCase() ?? '';
}

export function withoutPrefix(number: string, prefix: string): string {
  return prefixOf(number) === prefix ? number.trim().slice(prefix.length) : number;
}
