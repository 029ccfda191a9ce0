import { fromCyrillic } from './cyrillic.ts';
import { looseKey, plainLatin } from './fold.ts';
import { hanOf, pinyinOf, splitHan } from './han.ts';
import { isPinyin, pinyinFromElsewhere } from './romanised.ts';

/** A family or given name, ready to be compared: its letters without spaces, its words, and other spellings of it. */
export interface Part {
  readonly text: string;
  readonly words: readonly string[];
  readonly loose: string;
  /** Made of pinyin syllables: two such that only sound alike in `loose` (Xu, Xue) are two. */
  readonly pinyin: boolean;
  /** Other readings of the same characters or spellings, pinyin mostly. */
  readonly others: readonly string[];
}

/** One way to read a name. */
export interface Reading {
  readonly family: Part;
  readonly given: Part;
}

/** A name with all ways to read it. `han` is the whole in simplified Chinese characters, when it is written so. */
export interface Name {
  readonly shown: string;
  readonly han?: string;
  readonly readings: readonly Reading[];
  /** The words sorted, and all letters in the order they stand: for names whose words moved or ran together. */
  readonly bag: string;
  readonly joined: readonly string[];
}

const parts = new Map<string, Part>();

/** Forgets the spellings remembered so far; a run of the matcher ends with it. */
export function forgetNames(): void {
  parts.clear();
}

function latinPart(text: string): Part {
  let part = parts.get(text);
  if (part === undefined) {
    const words = text.split(/[^\p{L}]+/u).filter((word) => word !== '');
    const joined = words.join('');
    part = {
      text: joined,
      words,
      loose: looseKey(joined),
      pinyin: joined.length <= 18 && isPinyin(joined),
      others: pinyinFromElsewhere(joined),
    };
    parts.set(text, part);
  }
  return part;
}

function hanPart(text: string, kind: 'family' | 'given'): Part {
  const [first = '', ...others] = pinyinOf(text, kind);
  return { text: first, words: [first], loose: looseKey(first), pinyin: true, others };
}

/** Latin letters for what is written in Cyrillic or Latin, without diacritics and without apostrophes. */
function letters(text: string): string {
  return plainLatin(fromCyrillic(text, /[ыэёъ]/i.test(text))).replace(/['’`´ʼ]/g, '');
}

const remarks = /\(.*?\)|\[.*?(\]|$)|\s[-–]\s*(external|extern|contractor|ext|freelance\w*|zewn\w*).*$/giu;
const titleBefore = /^(mr|mrs|ms|miss|dr|prof|herr|frau|pan|pani|inż|inz|mgr|ing)\b\.?\s+(?=\S+[\s,]+\S)/iu;
const titleAfter = /[\s,]+(sr|jr|phd|mba|ext|admin|esq|ii|iii)\b\.?$/iu;

/** The name without titles, brackets and remarks such as `(ext)`. A title goes only when a whole name is left (`Pan Yan`). */
export function bareName(text: string): string {
  const bare = text.normalize('NFKC').replace(remarks, ' ').replace(/\s+/g, ' ').trim();
  return bare.replace(titleBefore, '').replace(titleBefore, '').replace(titleAfter, '').trim();
}

/** A name given as two cells. The cells may be swapped; both orders become readings. */
export function nameOfCells(given: string, family: string): Name | undefined {
  const [bareGiven, bareFamily] = [bareName(given), bareName(family)];
  if (bareFamily === '' || bareGiven === '') return nameOfText(`${bareGiven} ${bareFamily}`);
  const [hanGiven, hanFamily] = [hanOf(bareGiven), hanOf(bareFamily)];
  const shown = `${bareGiven} ${bareFamily}`;
  if (hanGiven !== undefined && hanFamily !== undefined) {
    const inOrder = [...hanFamily].length <= [...hanGiven].length || [...hanFamily].length === 2;
    return hanName(shown, inOrder ? hanFamily : hanGiven, inOrder ? hanGiven : hanFamily);
  }
  const [one, two] = [letters(bareGiven), letters(bareFamily)];
  return latinName(shown, [
    { given: one, family: two },
    { given: two, family: one },
  ]);
}

/** A name in one cell: `Kowalska, Anna`, `Anna Kowalska`, `KOWALSKA Anna`, `王小明`. */
export function nameOfText(text: string): Name | undefined {
  const bare = bareName(text);
  if (bare === '') return undefined;
  const han = hanOf(bare);
  if (han !== undefined) {
    const { family, given } = splitHan(han);
    return hanName(bare, family, given);
  }
  const comma = bare.indexOf(',');
  if (comma > 0)
    return latinName(bare, [{ family: letters(bare.slice(0, comma)), given: letters(bare.slice(comma + 1)) }]);
  const words = letters(bare).split(/\s+/);
  const last = words.length - 1;
  const ways = [
    { given: words.slice(0, last).join(' '), family: words[last] ?? '' },
    { given: words.slice(1).join(' '), family: words[0] ?? '' },
  ];
  if (words.length > 2) {
    ways.push({ given: words.slice(0, last - 1).join(' '), family: words.slice(last - 1).join(' ') });
    ways.push({ given: words.slice(2).join(' '), family: words.slice(0, 2).join(' ') });
  }
  return latinName(bare, words.length === 1 ? [{ given: '', family: words[0] ?? '' }] : ways);
}

function hanName(shown: string, family: string, given: string): Name {
  const reading = { family: hanPart(family, 'family'), given: hanPart(given, 'given') };
  return { shown, han: family + given, readings: [reading], ...wholes(reading) };
}

function latinName(shown: string, ways: readonly { given: string; family: string }[]): Name {
  const readings = ways.map(({ given, family }) => ({ given: latinPart(given), family: latinPart(family) }));
  const [first] = readings;
  return { shown, readings, ...(first === undefined ? { bag: '', joined: [] } : wholes(first)) };
}

function wholes({ family, given }: Reading): { bag: string; joined: string[] } {
  const bag = [...family.words, ...given.words].sort().join(' ');
  return { bag, joined: [given.text + family.text, family.text + given.text] };
}
