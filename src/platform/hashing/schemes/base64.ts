/**
 * Reads the base64 of the PHC string format (standard alphabet, no padding) and of passlib (`.` in place of `+`).
 * @returns undefined when the text holds anything else, so that a mangled hash is a fault and not a shorter value.
 */
export function base64(text: string): Buffer | undefined {
  const standard = text.replaceAll('.', '+').replace(/=+$/, '');
  if (standard === '' || !/^[A-Za-z0-9+/]+$/.test(standard) || standard.length % 4 === 1) return undefined;
  return Buffer.from(standard, 'base64');
}
