/** What a factor may be called: one line, at most this many characters. */
const longest = 60;

export function labelOf(typed: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it takes out
  return [...typed.replace(/[\u0000-\u001f\u007f]/g, ' ').trim()].slice(0, longest).join('');
}
