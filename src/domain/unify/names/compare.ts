import type { Name, Part } from './name.ts';
import { otherScript } from './script.ts';
import { sameGivenName } from './short-forms.ts';
import { oneSlip } from './slips.ts';

/** How near two names are: 1 the same, 0.9 and more the same in another spelling, under 0.5 two people. */
export interface Likeness {
  readonly level: number;
  readonly reason: string;
}

interface PartLikeness extends Likeness {
  /** Which of the two has further words. One in the family and the other in the given name are two people's names. */
  readonly more?: 'a' | 'b';
}

const none: Likeness = { level: 0, reason: '' };

/** The best of all ways to read both names. */
export function compareNames(a: Name, b: Name): Likeness {
  const found = compareReadings(a, b);
  if (!found.reason.startsWith('same name') || !otherScript(a.shown, b.shown)) return found;
  return { ...found, reason: found.reason.replace('same name', 'same name in another script') };
}

function compareReadings(a: Name, b: Name): Likeness {
  if (a.han !== undefined && b.han !== undefined) return compareHan(a.han, b.han, a, b);
  let best = none;
  for (const one of a.readings) {
    for (const two of b.readings) {
      const family = compareParts(one.family, two.family, false);
      if (family.level <= best.level && best.level > 0.6) continue;
      const given = compareParts(one.given, two.given, true);
      const apart = family.more !== undefined && given.more !== undefined && family.more !== given.more;
      const level = apart ? 0.45 : joint(family.level, given.level);
      if (level > best.level) best = { level, reason: told(family, given) };
      if (level === 1) return best;
    }
  }
  return best.level >= 0.9 ? best : wholeName(a, b, best);
}

/** One of the parts alone is half a name; a slip in both is one too many. */
function joint(family: number, given: number): number {
  if (family === 0 && given === 0) return 0;
  if (family === 0) return given >= 0.9 ? 0.4 : 0;
  if (given === 0) return family >= 0.9 ? 0.45 : 0;
  return family * given >= 0.7 ? family * given : Math.min(family, given) >= 0.6 ? 0.68 : 0.45;
}

function told(family: Likeness, given: Likeness): string {
  if (given.level === 0) return 'the family name alone agrees';
  if (family.level === 0) return 'the given name alone agrees';
  const notes = [...new Set([family.reason, given.reason])].filter((reason) => reason !== '');
  return notes.length === 0 ? 'same name' : `same name (${notes.join(', ')})`;
}

function wholeName(a: Name, b: Name, best: Likeness): Likeness {
  if (a.bag.includes(' ') && a.bag === b.bag) {
    // Family names have an order among themselves: Ramos Gil is not Gil Ramos.
    const turned = a.joined.some((one) =>
      b.joined.some((two) => one.length === two.length && (two + two).includes(one)),
    );
    return { level: turned ? 0.95 : 0.84, reason: 'same name (words in another order)' };
  }
  const same = a.joined.some((one) => one.length > 4 && b.joined.includes(one));
  if (same) return { level: 0.93, reason: 'same name (spaces elsewhere)' };
  const slip = a.joined.some((one) => one.length > 7 && b.joined.some((two) => oneSlip(one, two)));
  return slip && best.level < 0.86 ? { level: 0.86, reason: 'same name (one typing slip)' } : best;
}

function compareHan(one: string, two: string, a: Name, b: Name): Likeness {
  if (one === two) return { level: 1, reason: 'same name in Chinese characters' };
  if ([...one].sort().join('') === [...two].sort().join(''))
    return { level: 0.9, reason: 'same characters, another order' };
  if (!a.joined.some((text) => b.joined.includes(text))) return none;
  return { level: 0.72, reason: 'sounds the same, other characters' };
}

const noPart: PartLikeness = { level: 0, reason: '' };

function compareParts(a: Part, b: Part, given: boolean): PartLikeness {
  if (a.text === '' || b.text === '') return noPart;
  if (a.text === b.text) return { level: 1, reason: '' };
  if (a.others.includes(b.text) || b.others.includes(a.text)) return { level: 0.92, reason: 'another romanisation' };
  if (a.loose === b.loose && a.loose.length > 1 && !(a.pinyin && b.pinyin))
    return { level: 0.92, reason: 'another spelling' };
  if (given && sameGivenName(a.words[0] ?? '', b.words[0] ?? '')) return { level: 0.95, reason: 'short form' };
  if (given && (a.text.length === 1 || b.text.length === 1))
    return a.text[0] === b.text[0] ? { level: 0.75, reason: 'initial only' } : noPart;
  if (within(a.words, b.words)) return { level: 0.9, reason: 'one of several names', more: 'b' };
  if (within(b.words, a.words)) return { level: 0.9, reason: 'one of several names', more: 'a' };
  if (Math.min(a.text.length, b.text.length) > 3 && oneSlip(a.text, b.text))
    return { level: a.text.length > 5 ? 0.9 : 0.84, reason: 'one typing slip' };
  const [short, long] = a.text.length < b.text.length ? [a.text, b.text] : [b.text, a.text];
  if (short.length > 8 && long.startsWith(short)) return { level: 0.85, reason: 'cut off' };
  return noPart;
}

/** Whether the few words all stand among the many. */
function within(few: readonly string[], many: readonly string[]): boolean {
  return (
    few.length < many.length &&
    few.some((word) => word.length > 1) &&
    few.every((word) => (word.length === 1 ? many.some((other) => other[0] === word) : many.includes(word)))
  );
}
