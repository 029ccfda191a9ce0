import { csvRecords } from '#domain/people/csv/records.ts';
import { isTitle } from './columns.ts';

/** What stands between cells: spreadsheets follow the country (`;`), reports like tabs. */
export const separators = [',', ';', '\t', '|'] as const;

export interface Separated {
  readonly separator: string;
  /** The text from the heading on, and the line it begins on. */
  readonly text: string;
  readonly line: number;
}

/** Guesses the separator: the one that makes the most known titles of the heading, then the most cells. */
export function separated(text: string): Separated {
  const told = /^sep=(.)\r?\n/i.exec(text);
  if (told?.[1] !== undefined) return { separator: told[1], text: text.slice(told[0].length), line: 2 };
  let best = { separator: ',', known: -1, cells: 0 };
  const head = text.slice(0, 20_000);
  for (const separator of separators) {
    const [first] = csvRecords(head, separator);
    if (first === undefined || 'fault' in first) continue;
    const known = first.cells.filter(isTitle).length;
    if (known > best.known || (known === best.known && first.cells.length > best.cells))
      best = { separator, known, cells: first.cells.length };
  }
  return { separator: best.separator, text, line: 1 };
}
