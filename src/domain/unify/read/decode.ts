import { isUtf8 } from 'node:buffer';

/** The text of an export and the encoding it was read in, or why it cannot be read, the line from 1 and the remedy. */
export type DecodedExport =
  | { readonly text: string; readonly encoding: string }
  | { readonly fault: string; readonly line: number };

/** What may be named, by the WHATWG labels that spreadsheets' own names come down to. */
export const encodings = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1250',
  'windows-1251',
  'windows-1252',
  'gb18030',
  'big5',
] as const;

const aliases: Readonly<Record<string, string>> = {
  cp1250: 'windows-1250',
  cp1251: 'windows-1251',
  cp1252: 'windows-1252',
  gbk: 'gb18030',
  gb2312: 'gb18030',
  utf16: 'utf-16le',
  'utf-16': 'utf-16le',
  utf8: 'utf-8',
};

/**
 * Decodes what CRM, ERP and spreadsheets save: UTF-8 and UTF-16 with or without a byte order mark, the Windows code pages
 * of Western and Central Europe and Cyrillic, GB 18030. @param named the encoding, when the guess is wrong
 */
export function decodeExport(source: Uint8Array | string, named?: string): DecodedExport {
  if (typeof source === 'string') return usable(source, 'utf-8');
  const asked = named === undefined || named === '' ? undefined : named.trim().toLowerCase();
  const encoding = asked === undefined ? guessed(source) : (aliases[asked] ?? asked);
  if (!isKnown(encoding))
    return { fault: `${named} is no encoding known here; name one of ${encodings.join(', ')}`, line: 1 };
  try {
    return usable(new TextDecoder(encoding, { fatal: true }).decode(source), encoding);
  } catch {
    const other = encoding === 'utf-8' ? 'save it as UTF-8' : 'name the encoding it was saved in';
    return { fault: `the file is not ${encoding} from this line on; ${other}`, line: badLine(source, encoding) };
  }
}

function isKnown(encoding: string): boolean {
  try {
    new TextDecoder(encoding);
    return true;
  } catch {
    return false;
  }
}

function usable(text: string, encoding: string): DecodedExport {
  const bare = text.startsWith('\u{feff}') ? text.slice(1) : text;
  // Spreadsheets of old Macs end lines in CR alone.
  return { text: !bare.includes('\n') && bare.includes('\r') ? bare.replaceAll('\r', '\n') : bare, encoding };
}

function guessed(source: Uint8Array): string {
  const [first, second] = source;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const head = source.subarray(0, 200);
  const zeros = [0, 1].map((odd) => head.filter((byte, at) => byte === 0 && at % 2 === odd).length);
  if (Math.max(...zeros) > head.length / 8) return (zeros[1] ?? 0) > (zeros[0] ?? 0) ? 'utf-16le' : 'utf-16be';
  return isUtf8(source) ? 'utf-8' : codePage(source);
}

/**
 * Bytes above 0x7F stand singly in Latin text, in longer runs in Chinese and Cyrillic, which has small letters from 0xE0 on
 * where common Chinese characters begin below 0xD8. What code page 1252 has as signs (¹ ³ £ ¿ ¯) between letters are Polish
 * and Czech letters of 1250.
 */
function codePage(source: Uint8Array): string {
  let [bytes, runs, small, central] = [0, 0, 0, 0];
  for (let at = 0; at < source.length; at++) {
    if ((source[at] ?? 0) < 0x80) continue;
    let end = at;
    while ((source[end] ?? 0) >= 0x80) end += 1;
    runs += 1;
    bytes += end - at;
    const touches = isLetter(source[at - 1]) || isLetter(source[end]);
    for (const byte of source.subarray(at, end)) {
      if (byte >= 0xe0) small += 1;
      if (end - at <= 2 && touches && signs.has(byte)) central += 1;
    }
    at = end;
  }
  if (bytes < runs * 1.8) return central > 0 ? 'windows-1250' : 'windows-1252';
  return small > bytes / 2 ? 'windows-1251' : 'gb18030';
}

const signs = new Set([0xb3, 0xb9, 0xbf, 0xa3, 0xaf, 0xa5, 0x9c, 0x9f, 0x8c, 0x8f]);

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && /[a-z]/i.test(String.fromCharCode(byte));
}

function badLine(source: Uint8Array, encoding: string): number {
  if (encoding.startsWith('utf-16')) return 1;
  let line = 1;
  for (let at = 0; at < source.length; line++) {
    const found = source.indexOf(0x0a, at);
    const end = found < 0 ? source.length : found;
    try {
      new TextDecoder(encoding, { fatal: true }).decode(source.subarray(at, end));
    } catch {
      return line;
    }
    at = end + 1;
  }
  return line;
}
