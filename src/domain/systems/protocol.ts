import type { SystemModule } from '#domain/providers/system-module.ts';

/** The settings of a system that decide how it may speak at the protocol endpoints; absent ones have their default. */
export interface ProtocolSettings {
  readonly auth?: string | undefined;
  readonly pkce?: 'required' | 'optional' | undefined;
  readonly implicit?: boolean | undefined;
  readonly dpop?: 'optional' | 'required' | undefined;
  readonly profile?: 'none' | 'fapi2' | undefined;
  readonly protocol?: 'oidc' | 'saml' | undefined;
}

/** The same with every default filled in. */
export interface ProtocolRules {
  readonly protocol: 'oidc' | 'saml';
  /** RFC 7636. A `code_challenge` that is sent is enforced in either case. */
  readonly pkce: 'required' | 'optional';
  /** `response_type=token` (RFC 6749, 4.2). */
  readonly implicit: boolean;
  /** RFC 9449: `required` means that every token is bound to a key. */
  readonly dpop: 'optional' | 'required';
  /** `fapi2`: FAPI 2.0 Security Profile. */
  readonly profile: 'none' | 'fapi2';
}

type Exceptions = Pick<SystemModule, 'exceptions'>;
export type ExceptionRule = NonNullable<SystemModule['exceptions']>[number]['rule'];

/** Does the module name this exception? */
export function namesException(module: Exceptions | undefined, rule: ExceptionRule): boolean {
  return reasonFor(module, rule) !== undefined;
}

function reasonFor(module: Exceptions | undefined, rule: ExceptionRule): string | undefined {
  return module?.exceptions?.find((exception) => exception.rule === rule)?.because;
}

/**
 * What holds for a system (contract.md, "Systems: what products need"). PKCE is optional by default where the module names
 * `no-pkce`; a public client proves nothing but its verifier, so it always needs one (RFC 9700, 2.1.1). Implicit needs both the
 * setting and the module's exception, so it ends when the system gets another module.
 */
export function protocolRules(system: ProtocolSettings, module: Exceptions | undefined): ProtocolRules {
  const fapi = system.profile === 'fapi2';
  const usual = namesException(module, 'no-pkce') ? 'optional' : 'required';
  return {
    protocol: system.protocol ?? 'oidc',
    pkce: fapi || system.auth === 'none' ? 'required' : (system.pkce ?? usual),
    implicit: !fapi && system.implicit === true && namesException(module, 'response-type-token'),
    dpop: fapi ? 'required' : (system.dpop ?? 'optional'),
    profile: system.profile ?? 'none',
  };
}

/** An exception from the hub's rules that is in use. */
export interface SystemWarning {
  readonly rule: ExceptionRule;
  readonly because: string;
}

/** The exceptions that a system uses, for console, `doctor`, REST and `systems list`. */
export function warningsOf(system: ProtocolSettings, module: Exceptions | undefined): SystemWarning[] {
  const { protocol, pkce, implicit } = protocolRules(system, module);
  if (protocol !== 'oidc') return [];
  const inUse: ExceptionRule[] = [];
  if (pkce === 'optional') inUse.push('no-pkce');
  if (implicit) inUse.push('response-type-token');
  return inUse.map((rule) => ({
    rule,
    because: reasonFor(module, rule) ?? 'The settings of this system say so.',
  }));
}
