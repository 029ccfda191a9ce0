/** How strongly a person proved who they are, as systems, roles and tokens speak of it (contract.md, "Settings"). */

/** Weakest first. */
export const assurances = ['password', 'mfa', 'phishing-resistant'] as const;
export type Assurance = (typeof assurances)[number];

const prefix = 'urn:gatehouse:acr:';

/** Every `acr` value, weakest first. */
export const acrValues: readonly string[] = assurances.map((level) => `${prefix}${level}`);

export function acrOf(level: Assurance): string {
  return `${prefix}${level}`;
}

/** The level of an `acr` value; undefined for one that is not the hub's. */
export function assuranceOf(acr: string): Assurance | undefined {
  return assurances.find((level) => acrOf(level) === acr);
}

export function reaches(level: Assurance, wanted: Assurance): boolean {
  return assurances.indexOf(level) >= assurances.indexOf(wanted);
}

/** The strictest of these; `password` for none. */
export function strictest(...levels: readonly (Assurance | undefined)[]): Assurance {
  return assurances.findLast((level) => levels.includes(level)) ?? 'password';
}

/** The most lenient of these; undefined for none. */
export function mildest(levels: readonly Assurance[]): Assurance | undefined {
  return assurances.find((level) => levels.includes(level));
}

/** Methods that prove more than a password, each checked at the time (RFC 8176, 2): a code, or a passkey's key. */
const secondProofs = ['otp', 'hwk', 'swk'];

/** Was something beside the password proved at this sign-in itself? A remembered device proves nothing afresh. */
export function provedSecond(amr: readonly string[]): boolean {
  return amr.some((method) => secondProofs.includes(method));
}

/** Beside the methods of RFC 8176: a code of the sealed account, which opens the console and nothing else. */
export const glassMethod = 'break-glass';

/** What these methods (RFC 8176) come to. */
export function assuranceBy(amr: readonly string[]): Assurance {
  if (amr.includes('hwk') || amr.includes('swk')) return 'phishing-resistant';
  return amr.includes('mfa') ? 'mfa' : 'password';
}

/** The methods of two steps of one sign-in, each once. */
export function together(first: readonly string[], second: readonly string[]): string[] {
  return [...new Set([...first, ...second, 'mfa'])];
}
