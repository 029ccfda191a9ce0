import { HubError } from '#domain/errors.ts';

export function etagOf(version: number): string {
  return `"${version}"`;
}

/**
 * If-Match against the version that is stored (RFC 9110, 13.1.1; strong comparison, so weak tags never match).
 * @returns the version to write against: the conditional commit settles races
 * @throws HubError version-required 428, stale 412
 */
export function checkIfMatch(header: string | undefined, version: number, required: boolean): number | undefined {
  if (header === undefined || header.trim() === '') {
    if (required) throw new HubError('version-required');
    return undefined;
  }
  const tags = header.split(',').map((tag) => tag.trim());
  if (tags.includes('*') || tags.includes(etagOf(version))) return version;
  throw new HubError('stale');
}
