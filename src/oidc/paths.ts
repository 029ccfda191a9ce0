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
} as const;

export const discoveryPaths: readonly string[] = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
];

const exact = new Set<string>([...Object.values(paths), ...discoveryPaths, hubReturnPath]);

/** Does this path (without query) belong to the protocol? */
export function isOidcPath(path: string): boolean {
  return exact.has(path) || path.startsWith(`${paths.authorization}/`) || path.startsWith('/open/');
}

/** Is it a browser with a person before it that comes here? */
export function isForPeople(path: string): boolean {
  return (
    path === paths.authorization ||
    path.startsWith(`${paths.authorization}/`) ||
    path === paths.end_session ||
    path === hubReturnPath ||
    path.startsWith('/open/')
  );
}

export function resumeUrl(services: Services, uid: string): string {
  return `${services.settings.issuer}${paths.authorization}/${uid}`;
}

/** The pages of the kinds of interaction; the library's cookie is bound to exactly this path. */
export const interactionPaths = {
  login: '/sign-in',
  strength: '/sign-in',
  access: '/no-access',
  consent: '/consent',
} as const;
