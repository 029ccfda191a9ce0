import type { Services } from '#actions/services.ts';
import { hubReturnPath } from './hub-client.ts';

/** Where the protocol lives under the issuer. */
export const paths = {
  authorization: '/authorize',
  token: '/token',
  userinfo: '/userinfo',
  jwks: '/jwks',
  pushed_authorization_request: '/par',
  introspection: '/introspect',
  revocation: '/revoke',
  end_session: '/end-session',
  device_authorization: '/device/auth',
  /** The page where a person types the code; the library's own part is what lies below it. */
  code_verification: '/device',
} as const;

export const discoveryPaths: readonly string[] = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
];

/** Pages of the hub below `/device`; whatever else is there is the id of an approval that goes on. */
export const devicePages = { ask: '/device/confirm/', end: '/device/end/' } as const;

const exact = new Set<string>([...Object.values(paths), ...discoveryPaths, hubReturnPath]);
exact.delete(paths.code_verification);

const isApproval = (path: string): boolean =>
  path.startsWith(`${paths.code_verification}/`) &&
  path !== paths.device_authorization &&
  !Object.values(devicePages).some((page) => path.startsWith(page));

/** Does this path (without query) belong to the protocol? */
export function isOidcPath(path: string): boolean {
  return (
    exact.has(path) ||
    path.startsWith(`${paths.authorization}/`) ||
    path.startsWith('/open/') ||
    path.startsWith(`${paths.userinfo}/`) ||
    isApproval(path)
  );
}

/** Is it a browser with a person before it that comes here? */
export function isForPeople(path: string): boolean {
  return (
    path === paths.authorization ||
    path.startsWith(`${paths.authorization}/`) ||
    path === paths.end_session ||
    path === hubReturnPath ||
    path.startsWith('/open/') ||
    isApproval(path)
  );
}

/** Where an interaction leads back to: an authorization request, or the approval of a device. */
export function resumeUrl(services: Services, uid: string, device: boolean): string {
  return `${services.settings.issuer}${device ? paths.code_verification : paths.authorization}/${uid}`;
}

/** The pages of the kinds of interaction; the library's cookie is bound to exactly this path. */
export const interactionPaths = {
  login: '/sign-in',
  select_account: '/sign-in',
  strength: '/sign-in',
  access: '/no-access',
  consent: '/consent',
} as const;
