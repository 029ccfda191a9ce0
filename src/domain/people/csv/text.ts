import { isUtf8 } from 'node:buffer';

/** The text of a file, without its byte order mark, or why it is not UTF-8 and on which line. */
export type Decoded = { readonly text: string } | { readonly fault: string; readonly line: number };

/** Decodes UTF-8. UTF-16, which spreadsheets like to save, is recognised and named. */
export function decodeCsv(source: Uint8Array | string): Decoded {
  if (typeof source === 'string') return usable(source);
  const [first, second] = source;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || zeros(source))
    return { fault: 'the file is UTF-16; save it as UTF-8', line: 1 };
  if (!isUtf8(source))
    return { fault: 'the file is not UTF-8 from this line on; save it as UTF-8', line: badLine(source) };
  return usable(Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString('utf8'));
}

function usable(text: string): Decoded {
  // Somebody decoded UTF-16 as if it were UTF-8: every other character is nothing.
  if (text.slice(0, 64).includes('\0')) return { fault: 'the file is UTF-16; save it as UTF-8', line: 1 };
  const bare = text.startsWith('\u{feff}') ? text.slice(1) : text;
  if (!bare.includes('\n') && bare.trimEnd().includes('\r'))
    return { fault: 'lines end in CR alone; save the file with LF or CR LF', line: 1 };
  return { text: bare };
}

/** UTF-16 without a byte order mark: every other of the first bytes is zero. */
function zeros(source: Uint8Array): boolean {
  const head = source.subarray(0, 64);
  return head.filter((byte) => byte === 0).length > head.length / 4;
}

function badLine(source: Uint8Array): number {
  let line = 1;
  for (let at = 0; at < source.length; line++) {
    const found = source.indexOf(0x0a, at);
    const end = found < 0 ? source.length : found;
    if (!isUtf8(source.subarray(at, end))) return line;
    at = end + 1;
  }
  return line;
}
