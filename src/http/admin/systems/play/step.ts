/** One request of a played sign-in, or one check of what came of it. */
export interface Step {
  /** `authorize`, `token`, `idToken`, `userinfo`; names the text `connect.play.step.<name>`. */
  readonly name: string;
  /** Who sends it: the browser of the person, or the product's server; `product`: it looks at what it has. */
  readonly by: 'browser' | 'server' | 'product';
  readonly request?: string;
  /** What it sends, by name; secrets and tokens never. */
  readonly sent?: readonly (readonly [name: string, value: string])[];
  readonly status?: number;
  readonly ok: boolean;
  /** Names the text `connect.play.<code>`, and for a fault its remedy `connect.play.remedy.<code>`. */
  readonly code: string;
  readonly values?: Readonly<Record<string, string>>;
}

/** Faults of the protocol that have a remedy of their own (RFC 6749, 4.1.2.1 and 5.2; OpenID Connect Core, 3.1.2.6). */
const remedied: ReadonlySet<string> = new Set([
  'access_denied',
  'consent_required',
  'login_required',
  'interaction_required',
  'invalid_request',
  'invalid_scope',
  'invalid_client',
  'unauthorized_client',
  'unsupported_response_type',
]);

/** A refusal of the protocol as the code of its text. */
export function refusal(error: unknown): string {
  return typeof error === 'string' && remedied.has(error) ? error : 'refused';
}

export const hidden = '••••••';
