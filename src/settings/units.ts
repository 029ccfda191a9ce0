import { z } from 'zod';
import type { Rate } from './settings.ts';

const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * (milliseconds[match[2] ?? ''] ?? 0);
}

function show(ms: number): string {
  for (const [unit, size] of Object.entries(milliseconds).reverse()) {
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}

/** A duration such as `60s`, `5m`, `8h`; read as milliseconds. */
export function duration(limits: { atLeast?: string; atMost?: string; because?: string } = {}) {
  const least = parseDuration(limits.atLeast ?? '1ms') ?? 0;
  const most = parseDuration(limits.atMost ?? '365d') ?? 0;
  const because = limits.because === undefined ? '' : ` (${limits.because})`;
  return z.unknown().transform((value, context): number => {
    const ms = typeof value === 'string' ? parseDuration(value.trim()) : undefined;
    if (ms === undefined) {
      context.addIssue({ code: 'custom', message: 'is not a duration; write a number and ms, s, m, h or d, like 5m' });
      return z.NEVER;
    }
    if (ms < least) context.addIssue({ code: 'custom', message: `is too short; at least ${show(least)}${because}` });
    if (ms > most) context.addIssue({ code: 'custom', message: `is too long; at most ${show(most)}${because}` });
    return ms;
  });
}

/** So many in so long, such as `10/15m`. */
export const rate = z.unknown().transform((value, context): Rate => {
  const match = typeof value === 'string' ? /^(\d{1,9})\/(\S+)$/.exec(value.trim()) : null;
  const count = Number(match?.[1]);
  const windowMs = parseDuration(match?.[2] ?? '');
  if (match === null || windowMs === undefined || count < 1 || windowMs < 1) {
    context.addIssue({ code: 'custom', message: 'is not a rate; write a count and a duration, like 10/15m' });
    return z.NEVER;
  }
  return { count, windowMs };
});

/** A whole number; also as digits, since environment variables are texts. */
export function whole(least: number, most: number) {
  return z.unknown().transform((value, context): number => {
    const number = typeof value === 'string' && /^\d{1,9}$/.test(value.trim()) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > most) {
      context.addIssue({ code: 'custom', message: `is not right; write a whole number from ${least} to ${most}` });
      return z.NEVER;
    }
    return number;
  });
}
