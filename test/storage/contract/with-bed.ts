import { test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import type { Bed, MakeBed } from '../contract.ts';

export type TestClock = ReturnType<typeof manualClock>;

/** Declares a test that gets an empty store of its own. */
export function bedTests(name: string, make: MakeBed) {
  return (title: string, work: (bed: Bed, clock: TestClock) => Promise<void>): void => {
    test(`${name}: ${title}`, async () => {
      const clock = manualClock(Date.UTC(2026, 0, 1));
      const bed = await make(clock);
      try {
        await work(bed, clock);
      } finally {
        await bed.close();
      }
    });
  };
}
