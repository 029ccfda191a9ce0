/** One line of a difference: kept, added or taken away, with its line numbers from 1 on either side. */
export interface DiffLine {
  readonly sign: ' ' | '+' | '-';
  readonly text: string;
  readonly before?: number;
  readonly after?: number;
}

/** Lines that belong together, with a few unchanged ones around. */
export type Hunk = readonly DiffLine[];

/** Beyond so many edits the rest counts as replaced as a whole: nobody reads it line by line. */
const mostEdits = 1_000;

/** What changed between two texts, line by line (Myers, "An O(ND) Difference Algorithm", 1986), in hunks. */
export function lineDiff(before: string, after: string, around = 3): Hunk[] {
  return hunks(diffLines(split(before), split(after)), around);
}

/** The same as text, in the form of `diff -u`. */
export function unifiedDiff(before: string, after: string, names: readonly [string, string]): string {
  const parts = lineDiff(before, after);
  if (parts.length === 0) return '';
  const body = parts.map((hunk) => {
    const old = hunk.filter((line) => line.sign !== '+');
    const now = hunk.filter((line) => line.sign !== '-');
    const head = `@@ -${old[0]?.before ?? 0},${old.length} +${now[0]?.after ?? 0},${now.length} @@`;
    return [head, ...hunk.map(({ sign, text }) => `${sign}${text}`)].join('\n');
  });
  return [`--- ${names[0]}`, `+++ ${names[1]}`, ...body, ''].join('\n');
}

function split(text: string): string[] {
  return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
}

function diffLines(a: readonly string[], b: readonly string[]): DiffLine[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const kept = (i: number, j: number): DiffLine => ({ sign: ' ', text: a[i] ?? '', before: i + 1, after: j + 1 });
  return [
    ...a.slice(0, head).map((_, i) => kept(i, i)),
    ...middle(a, b, head, a.length - tail, b.length - tail),
    ...a.slice(a.length - tail).map((_, i) => kept(a.length - tail + i, b.length - tail + i)),
  ];
}

function middle(a: readonly string[], b: readonly string[], head: number, aEnd: number, bEnd: number): DiffLine[] {
  const [n, m] = [aEnd - head, bEnd - head];
  const trace: Map<number, number>[] = [];
  const furthest = new Map<number, number>([[1, 0]]);
  for (let d = 0; d <= Math.min(n + m, mostEdits); d += 1) {
    trace.push(new Map(furthest));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
      let x = down ? (furthest.get(k + 1) ?? 0) : (furthest.get(k - 1) ?? 0) + 1;
      while (x < n && x - k < m && a[head + x] === b[head + x - k]) x += 1;
      furthest.set(k, x);
      if (x >= n && x - k >= m) return backtrack(a, b, head, n, m, trace);
    }
  }
  return [
    ...a.slice(head, aEnd).map((text, i): DiffLine => ({ sign: '-', text, before: head + i + 1 })),
    ...b.slice(head, bEnd).map((text, j): DiffLine => ({ sign: '+', text, after: head + j + 1 })),
  ];
}

function backtrack(
  a: readonly string[],
  b: readonly string[],
  head: number,
  n: number,
  m: number,
  trace: readonly ReadonlyMap<number, number>[],
): DiffLine[] {
  const lines: DiffLine[] = [];
  let [x, y] = [n, m];
  for (let d = trace.length - 1; d >= 0; d -= 1) {
    const furthest = trace[d] ?? new Map<number, number>();
    const k = x - y;
    const down = k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
    const from = furthest.get(down ? k + 1 : k - 1) ?? 0;
    const fromY = from - (down ? k + 1 : k - 1);
    while (x > from && y > fromY && x > 0 && y > 0) {
      x -= 1;
      y -= 1;
      lines.push({ sign: ' ', text: a[head + x] ?? '', before: head + x + 1, after: head + y + 1 });
    }
    if (d === 0) break;
    if (x === from) {
      y -= 1;
      lines.push({ sign: '+', text: b[head + y] ?? '', after: head + y + 1 });
    } else {
      x -= 1;
      lines.push({ sign: '-', text: a[head + x] ?? '', before: head + x + 1 });
    }
  }
  return lines.reverse();
}

function hunks(lines: readonly DiffLine[], around: number): Hunk[] {
  const found: DiffLine[][] = [];
  let until = -1;
  for (const [index, line] of lines.entries()) {
    if (line.sign === ' ') continue;
    const from = Math.max(index - around, 0);
    const hunk = found.at(-1);
    if (hunk !== undefined && from <= until) hunk.push(...lines.slice(until, index + around + 1));
    else found.push([...lines.slice(from, index + around + 1)]);
    until = Math.min(index + around + 1, lines.length);
  }
  return found;
}
