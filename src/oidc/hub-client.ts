import type { Services } from '#actions/services.ts';

/** The hub's own pages sign in through this client, so that there is one session and one way to it. */
export const hubClientId = 'hub';
export const hubReturnPath = '/sign-in/return';

export function hubRedirectUri(services: Services): string {
  return `${services.settings.issuer}${hubReturnPath}`;
}

/** A path on this hub and nothing else: where a sign-in may lead back to (security.md, "Return addresses"). */
export function safeReturnPath(path: string | undefined): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  if (path === undefined || !/^\/(?![/\\])[^\\\u0000-\u001f\u007f]*$/.test(path)) return '/';
  return path;
}
