import { join, relative } from 'node:path';

/** The kernel's room for the address of a Unix socket, less the closing zero (104 on macOS, 108 on Linux). */
const longest = 103;

/**
 * Where the socket of a data folder lies. A deep folder may not fit the kernel's limit; from inside it a relative path may.
 *
 * @returns undefined when no spelling of it is short enough; the command line then works only while the hub is stopped.
 */
export function socketAddress(data: string, cwd: string): string | undefined {
  const path = join(data, 'hub.sock');
  return [path, relative(cwd, path)].find((spelling) => Buffer.byteLength(spelling) <= longest);
}
