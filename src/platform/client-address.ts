import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * The client's address: the socket's, or what the trusted proxies say (`trustProxy`, as Express reads it: a number of hops,
 * true, or a list of networks). A malformed entry is never taken: the nearest address that can be believed counts.
 */
export function clientAddress(req: IncomingMessage, trustProxy: boolean | number | string): string | undefined {
  const socket = req.socket.remoteAddress;
  if (trustProxy === false || trustProxy === 0 || socket === undefined) return socket;
  const header = req.headers['x-forwarded-for'];
  const claimed = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map((part) => part.trim());
  let nearest = socket;
  let hop = 0;
  for (const address of claimed.reverse()) {
    if (!isTrusted(nearest, hop, trustProxy) || isIP(address) === 0) break;
    nearest = address;
    hop += 1;
  }
  return nearest;
}

function isTrusted(address: string, hop: number, trustProxy: boolean | number | string): boolean {
  if (trustProxy === true) return true;
  if (typeof trustProxy === 'number') return hop < trustProxy;
  if (trustProxy === false) return false;
  const parsed = ipaddr.process(address);
  return trustProxy.split(',').some((name) => inNetwork(parsed, name.trim()));
}

const named: Readonly<Record<string, string>> = {
  loopback: 'loopback',
  linklocal: 'linkLocal',
  uniquelocal: 'private',
};

function inNetwork(address: ipaddr.IPv4 | ipaddr.IPv6, network: string): boolean {
  const range = named[network];
  if (range !== undefined)
    return address.range() === range || (range === 'private' && address.range() === 'uniqueLocal');
  try {
    const [base, bits] = network.includes('/') ? ipaddr.parseCIDR(network) : [ipaddr.parse(network), undefined];
    if (base.kind() !== address.kind()) return false;
    return bits === undefined ? base.toString() === address.toString() : address.match(base, bits);
  } catch {
    return false;
  }
}
