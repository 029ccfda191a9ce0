import { HubError } from '#domain/errors.ts';

/** Weak, since the same user may be written in more than one way (RFC 7644, 3.14). */
export const versionTag = (...versions: readonly number[]): string => `W/"${versions.join('.')}"`;

/** @throws HubError `stale` for an If-Match that names other versions alone */
export function requireVersion(ifMatch: string | undefined, version: string): void {
  if (ifMatch === undefined || ifMatch.trim() === '') return;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (!tags.includes('*') && !tags.includes(version)) throw new HubError('stale');
}
