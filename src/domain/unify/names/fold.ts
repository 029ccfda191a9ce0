const letters: Readonly<Record<string, string>> = {
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ı: 'i',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ħ: 'h',
  ŋ: 'n',
  ə: 'a',
};

/** Latin text in small letters without diacritics (`Żółć` -> `zolc`); other scripts only get small letters. */
export function plainLatin(text: string): string {
  const bare = text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}+/gu, '');
  return bare.replace(/[łøđðıßæœþħŋə]/g, (letter) => letters[letter] ?? letter).normalize('NFC');
}

/**
 * Spelling tables fold into one key: umlauts written ae, oe, ue; Cyrillic after ISO, GOST, BGN or the Polish and German
 * habit. Two names with one key may be spellings of one name; it is no proof.
 */
export function looseKey(text: string): string {
  return plainLatin(text)
    .replace(/[^\p{L}]/gu, '')
    .replace(/schtsch|shch|szcz/g, 's')
    .replace(/zh|rz|dz|dj|g(?=[ie]o)/g, 'z')
    .replace(/tsch|tch|cz|kh|(?<!s)ch/g, 'h')
    .replace(/sch|sz|sh/g, 's')
    .replace(/ts|tz/g, 'c')
    .replace(/ph/g, 'f')
    .replace(/ck|q/g, 'k')
    .replace(/x/g, 'ks')
    .replace(/g/g, 'h')
    .replace(/w/g, 'v')
    .replace(/[jy]/g, 'i')
    .replace(/([aou])e/g, '$1')
    .replace(/i+(?=[aeou])/g, '')
    .replace(/(.)\1+/g, '$1');
}
