import type { Services } from '#actions/services.ts';

/** Retries double from `limits.logout.firstRetry` up to this, in ms. */
const longestPause = 30 * 60 * 1000;
/** How long what became of a delivery is kept, in ms. */
export const keptFor = 30 * 24 * 60 * 60 * 1000;

/** How long to wait for the next try, in ms, after so many in vain. */
export function pauseAfter({ settings }: Pick<Services, 'settings'>, attempts: number): number {
  return Math.min(settings.limits.logout.firstRetry * 2 ** Math.min(attempts, 30), longestPause);
}
