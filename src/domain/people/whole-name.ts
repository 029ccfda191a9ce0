const han = /^\p{Script=Han}+$/u;

/** A name of its parts: in Chinese characters the family name stands first and without a space, else the given name does. */
export function wholeName(given: string | undefined, family: string | undefined): string {
  if (given !== undefined && family !== undefined && han.test(given) && han.test(family)) return family + given;
  return [given, family].filter((part) => part !== undefined && part !== '').join(' ');
}
