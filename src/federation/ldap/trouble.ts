import type { DirectoryTroubleKind } from '#actions/directories/port.ts';
import { DirectoryTrouble } from '#actions/directories/port.ts';
import { OutboundRefused } from '#platform/outbound.ts';

/** What went wrong at the certificate, by OpenSSL's and Node's codes. */
const certificate: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired; renew it there',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; look at the clocks of both machines',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate vouches for itself; put that certificate, or better that of a CA, into caFile',
  SELF_SIGNED_CERT_IN_CHAIN:
    'its certificate comes from a CA that this machine does not know; put the CA’s certificate into caFile',
  UNABLE_TO_GET_ISSUER_CERT:
    'its certificate comes from a CA that this machine does not know; put the CA’s certificate into caFile',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate comes from a CA that this machine does not know; put the CA’s certificate into caFile',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate comes from a CA that this machine does not know, or an intermediate one is missing; put them into caFile',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate names another host; write the url with the name that the certificate has',
  CERT_REVOKED: 'its certificate was revoked',
};

const connection: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; look at host and port',
  ENOTFOUND: 'the name of its host is not known',
  EAI_AGAIN: 'no name server answers',
  ETIMEDOUT: 'nothing answers there; look at the firewall',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
  ECONNRESET: 'it hung up',
  EPROTO: 'it does not speak TLS there; use port 636 for ldaps, or ldap:// with startTls',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there; use port 636 for ldaps, or ldap:// with startTls',
};

/**
 * What stopped a call, in words for whoever runs the hub. What the directory itself said is told by its result code alone: its
 * diagnostic message may name things of its inside.
 */
export function troubleOf(
  fault: unknown,
  doing: 'connecting' | 'service-bind' | 'start-tls' | 'searching',
): DirectoryTrouble {
  if (fault instanceof DirectoryTrouble) return fault;
  const told = (kind: DirectoryTroubleKind, message: string) => new DirectoryTrouble(kind, message, { cause: fault });
  if (fault instanceof OutboundRefused)
    return told('address', `${fault.message}; list its network under outbound.allow`);
  const { code, message = '' } = fault as { code?: unknown; message?: string };
  if (typeof code === 'string' && code in certificate) return told('certificate', certificate[code] ?? code);
  if (typeof code === 'string' && code in connection) return told('unreachable', connection[code] ?? code);
  if (typeof code === 'string' && /CERT|TLS|SSL/.test(code)) return told('certificate', `TLS failed (${code})`);
  if (/timed? ?out/i.test(message)) return told('slow', 'it did not answer in time');
  if (typeof code !== 'number') return told('unreachable', 'the connection broke');
  if (doing === 'service-bind' && code === 49) return told('service-bind', 'bindDn or bindPassword is not right there');
  if (doing === 'service-bind') return told('service-bind', `it refuses the service account (result ${code})`);
  if (doing === 'start-tls') return told('certificate', `it offers no StartTLS (result ${code}); use ldaps://`);
  if (code === 32) return told('search', 'there is no such entry as base names');
  if (code === 50) return told('search', 'the service account may not search there');
  if (code === 3 || code === 51 || code === 52) return told('slow', `it is busy (result ${code})`);
  return told('search', `it refuses the search (result ${code})`);
}
