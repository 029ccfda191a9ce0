import { nativeRoleFaults } from '#domain/claims/native-roles.ts';
import { claimOverrideFaults } from '#domain/claims/overrides.ts';
import { claimsBudgetFaults } from '#domain/claims/size.ts';
import type { FieldFault } from '#domain/errors.ts';
import { reconcileFaults } from '#domain/providers/reconcile.ts';
import type { SystemModule } from '#domain/providers/system-module.ts';
import { type ProvisioningGiven, provisioningFaults } from '#domain/provisioning/settings.ts';
import { nearest } from '#domain/suggest.ts';
import { redirectUriFault, webAddressFault } from './addresses.ts';
import { type ProfileRegistration, profileFaults } from './profile-faults.ts';

/** The parts of a system that depend on one another. Missing parts are not judged, so it may be half-read. */
export interface Registration extends ProfileRegistration {
  readonly id?: string | undefined;
  readonly clientId?: string | undefined;
  readonly redirectUris?: readonly string[] | undefined;
  readonly postLogoutRedirectUris?: readonly string[] | undefined;
  readonly backchannelLogoutUri?: string | undefined;
  readonly launchUri?: string | undefined;
  readonly auth?: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none' | undefined;
  readonly clientSecret?: string | undefined;
  readonly jwks?: { readonly keys: readonly Record<string, unknown>[] } | undefined;
  readonly jwksUri?: string | undefined;
  readonly api?: { readonly audience: string } | undefined;
  readonly machine?: { readonly scopes: readonly string[] } | undefined;
  readonly deviceFlow?: boolean | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  readonly provisioning?: ProvisioningGiven | undefined;
}

const reserved = ['hub'];
const hubScopes = ['hub:read', 'hub:admin', 'hub:scim'];
/** Parameters of a JWK that hold secret parts (RFC 7518, 6.2.2, 6.3.2, 6.4.1). */
const secretParts = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/**
 * What is wrong with a system's registration, by whichever way it is registered: configuration, console, API, command
 * line. All faults at once; paths are relative to the system.
 *
 * @param module the system's provider module; undefined: what depends on it is not judged.
 * @param unreadable fields that another check has already found at fault; nothing is said about them twice.
 */
export function registrationFaults(
  system: Registration,
  module?: Pick<SystemModule, 'title' | 'exceptions'>,
  unreadable: ReadonlySet<string> = new Set(),
): FieldFault[] {
  const faults: FieldFault[] = [];
  const fault = (path: string, message: string) => faults.push({ path, message });
  const missing = (field: keyof Registration) => system[field] === undefined && !unreadable.has(field);

  for (const field of ['id', 'clientId'] as const) {
    const value = system[field];
    if (value !== undefined && reserved.includes(value)) fault(field, `${value} is the hub's own name; choose another`);
  }
  addresses(system, fault);
  const saml = system.protocol === 'saml';
  credentials(system, fault, saml ? () => false : missing);
  faults.push(...profileFaults(system, module));

  const noWayIn = !saml && missing('machine') && system.deviceFlow !== true && !unreadable.has('deviceFlow');
  if (system.redirectUris?.length === 0 && noWayIn && !unreadable.has('redirectUris')) {
    fault(
      'redirectUris',
      'is empty; list at least one address (only a system with `machine` or `deviceFlow: true` needs none)',
    );
  }
  if (system.api !== undefined && (URL.parse(system.api.audience) === null || system.api.audience.includes('#'))) {
    fault(
      'api.audience',
      'is not an absolute URI without a fragment; write it like urn:erp or https://erp.example.com/',
    );
  }
  scopes(system, fault);
  if (!unreadable.has('provisioning')) faults.push(...provisioningFaults(system.provisioning));
  if (system.settings !== undefined) {
    faults.push(
      ...nativeRoleFaults(system.settings),
      ...claimsBudgetFaults(system.settings),
      ...claimOverrideFaults(system.settings),
      ...reconcileFaults(system.settings),
    );
  }
  return faults;
}

type Report = (path: string, message: string) => void;

function addresses(system: Registration, fault: Report): void {
  const isPublic = system.auth === 'none';
  for (const list of ['redirectUris', 'postLogoutRedirectUris'] as const) {
    for (const [index, uri] of (system[list] ?? []).entries()) {
      const wrong = redirectUriFault(uri, isPublic);
      if (wrong !== undefined) fault(`${list}[${index}]`, wrong);
      else if (system[list]?.indexOf(uri) !== index) fault(`${list}[${index}]`, 'stands in the list twice; remove one');
    }
  }
  for (const field of ['backchannelLogoutUri', 'launchUri', 'jwksUri'] as const) {
    const wrong = system[field] === undefined ? undefined : webAddressFault(system[field]);
    if (wrong !== undefined) fault(field, wrong);
  }
}

function credentials(system: Registration, fault: Report, missing: (field: keyof Registration) => boolean): void {
  const { auth } = system;
  if (auth === undefined) return;
  const bySecret = auth === 'client_secret_basic' || auth === 'client_secret_post';
  if (bySecret && missing('clientSecret')) {
    fault('clientSecret', `is missing; auth ${auth} needs one (clientSecretFile names a file that holds it)`);
  }
  if (!bySecret && system.clientSecret !== undefined) {
    fault('clientSecret', `is not used with auth ${auth}; remove it, or choose client_secret_basic`);
  }
  if (auth === 'private_key_jwt') {
    if (missing('jwks') && missing('jwksUri')) fault('jwks', 'is missing; private_key_jwt needs jwks or jwksUri');
    if (system.jwks !== undefined && system.jwksUri !== undefined) fault('jwksUri', 'stands beside jwks; keep one');
  }
  if (system.jwks?.keys.length === 0) fault('jwks.keys', 'is empty; list at least one public key');
  for (const [index, key] of (system.jwks?.keys ?? []).entries()) {
    if (secretParts.some((part) => Object.hasOwn(key, part))) {
      fault(`jwks.keys[${index}]`, 'holds a private or shared key; give the public key alone, and replace this one');
    }
  }
  if (auth === 'none' && system.machine !== undefined) {
    fault('machine', 'needs a system that proves who it is; set auth to client_secret_basic or private_key_jwt');
  }
}

function scopes(system: Registration, fault: Report): void {
  for (const [index, scope] of (system.machine?.scopes ?? []).entries()) {
    const path = `machine.scopes[${index}]`;
    if (!/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)) {
      fault(path, 'is not a scope; it has no spaces, quotes or backslashes');
    } else if (scope.startsWith('hub:') && !hubScopes.includes(scope)) {
      fault(
        path,
        `${scope} is not a scope of the hub; did you mean ${nearest(scope, hubScopes) ?? hubScopes.join(', ')}?`,
      );
    } else if (['openid', 'offline_access'].includes(scope)) {
      fault(path, `${scope} is for people who sign in; a machine has no use for it`);
    }
  }
}
