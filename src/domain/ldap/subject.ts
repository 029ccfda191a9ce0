/** Attributes that hold an id as sixteen bytes, by their lower-case names. */
const binary = new Set(['objectguid', 'msexchmailboxguid']);

export const isBinaryId = (attribute: string): boolean => binary.has(attribute.toLowerCase());

/**
 * The id of an entry as text that stays the same when it is renamed or moved: that of `entryUUID` (RFC 4530) in small letters, that of
 * `objectGUID` as Microsoft writes it (MS-DTYP 2.3.4: the first three groups are little-endian). Undefined when it is neither and empty.
 */
export function subjectText(attribute: string, value: string | Uint8Array | undefined): string | undefined {
  if (value === undefined || value.length === 0) return undefined;
  if (isBinaryId(attribute)) {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : Buffer.from(value);
    return bytes.length === 16 ? guidText(bytes) : undefined;
  }
  const text = typeof value === 'string' ? value : Buffer.from(value).toString('utf8');
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text) ? text.toLowerCase() : text;
}

function guidText(bytes: Buffer): string {
  const little = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).reverse().toString('hex');
  const [a, b, c] = [little(0, 4), little(4, 6), little(6, 8)];
  return [a, b, c, bytes.toString('hex', 8, 10), bytes.toString('hex', 10, 16)].join('-');
}
