import { isIPv4, isIPv6 } from 'node:net';

/**
 * The network whose tries count together: an IPv4 address alone, of IPv6 the first 64 bits (whoever has one address there
 * has them all). An IPv4 address in IPv6 clothes is the IPv4 address. What is no address at all counts as one network.
 */
export function networkOf(ip: string | undefined): string {
  if (ip === undefined) return 'unknown';
  const bare = ip.split('%')[0] ?? ip;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  if (isIPv4(bare)) return bare;
  if (!isIPv6(bare)) return 'unknown';
  const [head = '', tail] = bare.toLowerCase().split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length - (bare.includes('.') ? 1 : 0);
  const groups = [...first, ...Array.from({ length: zeros }, () => '0'), ...last];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
