/** Edit distance of two words (insert, remove, replace, swap of neighbours: one step each). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let steps = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        steps = Math.min(steps, (before[j - 2] ?? 0) + 1);
      }
      row.push(steps);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** The known word that somebody most likely meant, or undefined when none is near. Letter case is ignored. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const folded = word.toLowerCase();
  const allowed = Math.max(1, Math.floor(word.length / 3));
  let best: { word: string; steps: number } | undefined;
  for (const candidate of known) {
    const steps = distance(folded, candidate.toLowerCase());
    if (steps <= allowed && (best === undefined || steps < best.steps)) best = { word: candidate, steps };
  }
  return best?.word;
}
