import type { Figure } from '#test/support/figure.ts';

/** What became of one part. */
export interface Outcome {
  readonly part: string;
  readonly seconds: number;
  readonly figures: readonly Figure[];
  /** Tests that failed, each with the first line of why. */
  readonly failed: readonly string[];
  /** What could not run here, and why. */
  readonly notRun: readonly string[];
}

/** Did a test fail, or did a part say nothing at all? */
export function isFailed({ figures, failed, notRun }: Outcome): boolean {
  return failed.length > 0 || figures.length + notRun.length === 0;
}

/** Has it failed, or was a figure missed? */
export function isMissed(outcome: Outcome): boolean {
  return isFailed(outcome) || outcome.figures.some(({ met }) => !met);
}

/** One row a figure: part, figure, value, aim, and whether it was met. */
export function table(outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap(rowsOf);
  const widths = [0, 1, 2].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ');
  return `${rows.map((row) => line(row).trimEnd()).join('\n')}\n`;
}

function rowsOf({ part, figures, failed, notRun, seconds }: Outcome): string[][] {
  const rows = [
    ...figures.map(({ name, value, aim, met }) => [part, met ? 'met' : 'MISSED', `aim ${aim}`, `${name}: ${value}`]),
    ...failed.map((why) => [part, 'FAILED', '', why]),
    ...notRun.map((why) => [part, 'NOT RUN', '', why]),
  ];
  return rows.length > 0 ? rows : [[part, 'FAILED', '', `it said nothing in ${seconds.toFixed(0)} s`]];
}
