import { z } from 'zod';
import { parseDuration, showDuration as show } from '#domain/duration.ts';
import type { Rate } from './settings.ts';

/** A duration such as `60s`, `5m`, `8h`; read as milliseconds. */
export function duration(limits: { atLeast?: string; atMost?: string; because?: string } = {}) {
  const least = parseDuration(limits.atLeast ?? '1ms') ?? 0;
  const most = parseDuration(limits.atMost ?? '365d') ?? 0;
  const because = limits.because === undefined ? '' : ` (${limits.because})`;
  return z.unknown().transform((value, context): number => {
    const ms = typeof value === 'string' ? parseDuration(value) : undefined;
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
