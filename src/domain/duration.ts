const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `60s`, `5m`, `8h` as milliseconds; undefined for what is none. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text.trim());
  if (match === null) return undefined;
  return Number(match[1]) * (milliseconds[match[2] ?? ''] ?? 0);
}

/** In the largest unit that it is a whole number of. */
export function showDuration(ms: number): string {
  for (const [unit, size] of Object.entries(milliseconds).reverse()) {
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}
