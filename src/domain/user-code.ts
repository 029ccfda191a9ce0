/**
 * What was typed of a code that a screen or a sheet of paper shows, as codes are compared: capitals and digits without dashes, spaces
 * or anything else, and the full-width letters of a Chinese keyboard as plain ones (RFC 8628, 6.1).
 */
export function normalCode(typed: string): string {
  return typed
    .slice(0, 100)
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .slice(0, 40);
}

/** In groups of four, as it is shown. */
export function spelledCode(typed: string): string {
  return (normalCode(typed).match(/.{1,4}/g) ?? []).join('-');
}
