/** One record of a CSV file with the line it begins on (from 1), or why it cannot be read. */
export type CsvRecord =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly fault: string };

/**
 * Reads RFC 4180: commas (or another separator), double quotes doubled inside quotes, LF or CR LF. Blank lines are passed
 * over.
 *
 * Written here because a library that goes on after a broken quote swallows the lines behind it; with this one a bad
 * record costs its own line only, so that every bad row of a file is named in one go.
 */
export function* csvRecords(text: string, separator = ','): Generator<CsvRecord> {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const read = record(text, at, separator);
    if (read.blank !== true) yield read.fault === undefined ? { line, cells: read.cells } : { line, fault: read.fault };
    line += read.lines;
    at = read.next;
  }
}

interface Read {
  readonly cells: readonly string[];
  readonly next: number;
  /** Lines that the record took. */
  readonly lines: number;
  readonly fault?: string;
  readonly blank?: true;
}

function endOfLine(text: string, at: number): number {
  const found = text.indexOf('\n', at);
  return found < 0 ? text.length : found;
}

/** The end of an unquoted text that ends before `\n`: a CR before the LF belongs to the line's end. */
function withoutCarriageReturn(text: string, from: number, end: number): string {
  return text.slice(from, end > from && end < text.length && text[end - 1] === '\r' ? end - 1 : end);
}

function record(text: string, start: number, separator: string): Read {
  const firstEnd = endOfLine(text, start);
  const skip = (fault: string): Read => ({ cells: [], next: firstEnd + 1, lines: 1, fault });
  const plain = withoutCarriageReturn(text, start, firstEnd);
  if (plain === '') return { cells: [], next: firstEnd + 1, lines: 1, blank: true };
  if (!plain.includes('"')) return { cells: plain.split(separator), next: firstEnd + 1, lines: 1 };

  const cells: string[] = [];
  let at = start;
  let lines = 1;
  for (;;) {
    if (text[at] === '"') {
      const quoted = quotedCell(text, at + 1);
      if (quoted === undefined) return skip('a quote is opened and never closed');
      cells.push(quoted.value);
      lines += quoted.breaks;
      at = quoted.next;
      if (text[at] === '\r' && text[at + 1] === '\n') at += 1;
      if (at < text.length && text[at] !== separator && text[at] !== '\n')
        return skip('text follows a closing quote; a quote inside quotes is doubled');
    } else {
      const end = endOfLine(text, at);
      const next = text.indexOf(separator, at);
      const stop = next >= 0 && next < end ? next : end;
      const cell = stop === end ? withoutCarriageReturn(text, at, end) : text.slice(at, stop);
      if (cell.includes('"')) return skip('a quote stands inside a cell that is not quoted');
      cells.push(cell);
      at = stop;
    }
    if (text[at] !== separator) return { cells, next: at + 1, lines };
    at += 1;
  }
}

function quotedCell(text: string, start: number): { value: string; next: number; breaks: number } | undefined {
  let at = start;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return undefined;
    if (text[quote + 1] !== '"') {
      const raw = text.slice(start, quote);
      return { value: raw.replaceAll('""', '"'), next: quote + 1, breaks: raw.split('\n').length - 1 };
    }
    at = quote + 2;
  }
}
