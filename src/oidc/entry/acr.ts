import type { System } from '#storage/collections.ts';

const prefix = 'urn:gatehouse:acr:';
const levels = ['password', 'mfa', 'phishing-resistant'] as const;

/** The `acr` values, weakest first (contract.md, "Settings"). */
export const acrValues: readonly string[] = levels.map((level) => `${prefix}${level}`);

/** Is a sign-in of this `acr` as strong as the system asks? */
export function reaches(acr: string | undefined, required: System['requires']): boolean {
  return acrValues.indexOf(acr ?? acrValues[0] ?? '') >= levels.indexOf(required);
}
