/**
 * Which addresses a system may register (security.md, "Authorize and token"; RFC 9700, 2.1; RFC 8252, 7). Each check
 * answers what is wrong and what would be right, or undefined when the address will do.
 */

/** `localhost`, anything under it, 127.0.0.0/8 or ::1: addresses that never leave the machine. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '[::1]' ||
    name === '::1' ||
    /^127(\.\d{1,3}){3}$/.test(name)
  );
}

/** 10/8, 172.16/12, 192.168/16: literal addresses of a company's own network. */
function isPrivateAddress(host: string): boolean {
  return /^(10(\.\d{1,3}){3}|192\.168(\.\d{1,3}){2}|172\.(1[6-9]|2\d|3[01])(\.\d{1,3}){2})$/.test(host);
}

/** Schemes that run or read something instead of fetching it. */
const harmful = ['javascript:', 'data:', 'vbscript:', 'file:', 'blob:', 'about:', 'ws:', 'wss:', 'ftp:'];

/** What holds for every registered address, whatever it is for. */
function commonFault(value: string): string | undefined {
  if (value.includes('*')) return 'holds a wildcard; list every address exactly as it is sent';
  if (/\s|\\|\p{Cc}/u.test(value)) return 'holds a space, a backslash or a control character; write it percent-encoded';
  const url = URL.parse(value);
  if (url === null) return 'is not an absolute address; write it in full, like https://crm.example.com/callback';
  if (value.includes('#')) return 'has a fragment; write it without "#" and what follows';
  if (url.username !== '' || url.password !== '') return 'carries a user name or password; leave them out';
  if (harmful.includes(url.protocol)) return `uses ${url.protocol}, which is never allowed; use https:`;
  return undefined;
}

/**
 * A redirect address: https; plain http for loopback alone; a private-use scheme (`com.example.app:/callback`) for
 * public clients alone.
 */
export function redirectUriFault(value: string, publicClient: boolean): string | undefined {
  const common = commonFault(value);
  if (common !== undefined) return common;
  const { protocol, hostname } = new URL(value);
  if (protocol === 'https:') return undefined;
  if (protocol === 'http:') {
    return isLoopback(hostname) ? undefined : 'is plain http; use https (http is for localhost alone)';
  }
  if (!publicClient) return `uses the scheme ${protocol}, which is for public clients (auth: none); use https:`;
  return protocol.includes('.')
    ? undefined
    : `uses the scheme ${protocol}; a private-use scheme has the form com.example.app: (RFC 8252, 7.1)`;
}

/** An address that people or the hub visit: https; plain http for loopback and addresses of the company's network. */
export function webAddressFault(value: string): string | undefined {
  const common = commonFault(value);
  if (common !== undefined) return common;
  const { protocol, hostname } = new URL(value);
  if (protocol === 'https:') return undefined;
  if (protocol !== 'http:') return `uses ${protocol}; use https:`;
  return isLoopback(hostname) || isPrivateAddress(hostname)
    ? undefined
    : 'is plain http on a public host; use https (http is for localhost and private addresses alone)';
}
