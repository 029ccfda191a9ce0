import type { FieldFault } from '#domain/errors.ts';
import type { SystemModule } from '#domain/providers/system-module.ts';
import { namesException } from './protocol.ts';

/** The parts of a registration that contradict each other where a system asks for exceptions or for FAPI 2.0. */
export interface ProfileRegistration {
  readonly auth?: string | undefined;
  readonly idTokenAlg?: string | undefined;
  readonly par?: boolean | undefined;
  readonly pkce?: 'required' | 'optional' | undefined;
  readonly implicit?: boolean | undefined;
  readonly dpop?: 'optional' | 'required' | undefined;
  readonly profile?: 'none' | 'fapi2' | undefined;
  readonly protocol?: 'oidc' | 'saml' | undefined;
}

/**
 * Contradictions between `pkce`, `implicit`, `dpop`, `profile` and `protocol` (contract.md, "Systems: what products need").
 *
 * @param module the system's provider module; undefined: what depends on it is not judged.
 */
export function profileFaults(
  system: ProfileRegistration,
  module?: Pick<SystemModule, 'title' | 'exceptions'>,
): FieldFault[] {
  const faults: FieldFault[] = [];
  const fault = (path: string, message: string) => faults.push({ path, message });
  if (system.protocol === 'saml') {
    const used = [
      ...(system.profile === 'fapi2' ? ['profile'] : []),
      ...(system.implicit === true ? ['implicit'] : []),
      ...(system.dpop === 'required' ? ['dpop'] : []),
    ];
    for (const field of used) fault(field, 'is for OpenID Connect; remove it, or set protocol to oidc');
    return faults;
  }
  if (system.pkce === 'optional' && system.auth === 'none') {
    fault('pkce', 'must be required for a public client (auth: none), which has no other proof (RFC 9700, 2.1.1)');
  }
  if (system.implicit === true) {
    if (module !== undefined && !namesException(module, 'response-type-token')) {
      fault(
        'implicit',
        `is for products that know only response_type=token, and the module ${module.title} does not say so of this one; use the code flow`,
      );
    }
    if (system.dpop === 'required') {
      fault('implicit', 'contradicts dpop: required; a token from the authorization endpoint cannot be bound to a key');
    }
  }
  if (system.profile === 'fapi2') fapiFaults(system, fault);
  return faults;
}

/** FAPI 2.0 Security Profile, 5.3.2 and 5.4: what a client of it cannot have otherwise. */
function fapiFaults(system: ProfileRegistration, fault: (path: string, message: string) => void): void {
  const needs = (field: string, right: string) => fault(field, `contradicts profile: fapi2, which needs ${right}`);
  if (system.par === false) needs('par', 'true');
  if (system.pkce === 'optional') needs('pkce', 'required');
  if (system.dpop === 'optional') needs('dpop', 'required');
  if (system.implicit === true) needs('implicit', 'false');
  if (system.auth !== undefined && system.auth !== 'private_key_jwt') needs('auth', 'private_key_jwt');
  if (system.idTokenAlg === 'RS256') needs('idTokenAlg', 'ES256');
}
