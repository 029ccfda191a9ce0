/** Bars of the last 24 hours, as plain numbers for an SVG that needs no script. */
import type { AuditEvent } from '#domain/audit/event.ts';

const hourMs = 3_600_000;

export interface Bar {
  /** Milliseconds of the hour's start. */
  readonly at: number;
  readonly done: number;
  readonly refused: number;
  /** SVG units; the plot is 24 × 40 wide and 120 high. */
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly refusedY: number;
  readonly refusedHeight: number;
}

const plotHeight = 120;

/** @param events within the last 24 hours; @param now milliseconds */
export function hourBars(events: readonly AuditEvent[], now: number): readonly Bar[] {
  const first = Math.floor(now / hourMs) * hourMs - 23 * hourMs;
  const counts = Array.from({ length: 24 }, () => ({ done: 0, refused: 0 }));
  for (const event of events) {
    const slot = counts[Math.floor((Date.parse(event.at) - first) / hourMs)];
    if (slot === undefined) continue;
    if (event.outcome === 'success') slot.done += 1;
    else slot.refused += 1;
  }
  const top = Math.max(1, ...counts.map(({ done, refused }) => done + refused));
  return counts.map(({ done, refused }, index) => {
    const height = Math.round((done / top) * plotHeight);
    const refusedHeight = refused === 0 ? 0 : Math.max(3, Math.round((refused / top) * plotHeight));
    const y = plotHeight - height;
    return {
      at: first + index * hourMs,
      done,
      refused,
      x: index * 40,
      y,
      height,
      refusedHeight,
      refusedY: y - refusedHeight - (refused > 0 && done > 0 ? 2 : 0),
    };
  });
}
