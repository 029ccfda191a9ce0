/** Cyrillic letters in the Ukrainian (2010) and Russian passport habit; other habits meet these in `looseKey`. */
const table: Readonly<Record<string, string>> = {
  а: 'a',
  б: 'b',
  в: 'v',
  г: 'h',
  ґ: 'g',
  д: 'd',
  е: 'e',
  є: 'ie',
  ж: 'zh',
  з: 'z',
  и: 'y',
  і: 'i',
  ї: 'i',
  й: 'i',
  к: 'k',
  л: 'l',
  м: 'm',
  н: 'n',
  о: 'o',
  п: 'p',
  р: 'r',
  с: 's',
  т: 't',
  у: 'u',
  ф: 'f',
  х: 'kh',
  ц: 'ts',
  ч: 'ch',
  ш: 'sh',
  щ: 'shch',
  ь: '',
  ю: 'iu',
  я: 'ia',
  ё: 'e',
  ы: 'y',
  э: 'e',
  ъ: '',
  ў: 'u',
  "'": '',
  ʼ: '',
  '’': '',
};

/** `Шевчук` -> `shevchuk`. A Russian г is read g: tell with `russian`. Text without Cyrillic comes back as it is. */
export function fromCyrillic(text: string, russian = false): string {
  if (!/\p{Script=Cyrillic}/u.test(text)) return text;
  return [...text.normalize('NFC').toLowerCase()]
    .map((letter) => (russian && letter === 'г' ? 'g' : russian && letter === 'и' ? 'i' : (table[letter] ?? letter)))
    .join('');
}
