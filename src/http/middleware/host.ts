import type { RequestHandler } from 'express';
import { HubError } from '#domain/errors.ts';

/** Probes come by address, not by name. */
const byAnyName: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/**
 * May this request be answered under its `Host`? Only the issuer's own host is answered, so that no `Host` can steer an
 * address in a page, a redirect or a mail. `X-Forwarded-Host` is never read.
 * @param path without query
 */
export function isOurHost(issuer: string, host: string | undefined, path: string): boolean {
  if (byAnyName.has(path)) return true;
  if (host === undefined) return false;
  return hostsOf(issuer).includes(host.toLowerCase());
}

let known: { readonly issuer: string; readonly hosts: readonly string[] } | undefined;

/** The issuer's host as it may be written: with the usual port, or without. */
function hostsOf(issuer: string): readonly string[] {
  if (known?.issuer !== issuer) {
    const { host, port, protocol } = new URL(issuer);
    const usualPort = protocol === 'https:' ? '443' : '80';
    known = { issuer, hosts: port === '' ? [host, `${host}:${usualPort}`] : [host] };
  }
  return known.hosts;
}

/** A foreign host is answered 421 (contract.md, "Protocol rules"). */
export function ownHost(issuer: string): RequestHandler {
  return (req, _res, next) => {
    next(isOurHost(issuer, req.headers.host, req.path) ? undefined : new HubError('foreign-host'));
  };
}
