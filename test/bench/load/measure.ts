import { setTimeout as sleep } from 'node:timers/promises';
import { inFlight, type Operation, type Visit } from './operations.ts';

/** What one round of one operation took. */
export interface Sample {
  readonly perSecond: number;
  /** Milliseconds until the answer, nineteen of twenty. */
  readonly p95: number;
  /** Milliseconds of the target's CPU per operation. */
  readonly cpu: number;
  /** Bytes, afterwards. */
  readonly rss: number;
}

/** What is left to do after the last answer belongs to the operations before. */
const settleMs = 60;

/** Runs so many operations, always `atOnce` of them under way. */
export async function measure(visit: Visit, operation: Operation, count: number, atOnce = inFlight): Promise<Sample> {
  const latencies: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) {
      const start = performance.now();
      await operation.run(visit, n);
      latencies.push(performance.now() - start);
    }
  };
  const before = await visit.target.used();
  const start = performance.now();
  await Promise.all(Array.from({ length: atOnce }, lane));
  const seconds = (performance.now() - start) / 1000;
  await sleep(settleMs);
  const after = await visit.target.used();
  latencies.sort((a, b) => a - b);
  return {
    perSecond: count / seconds,
    p95: latencies[Math.floor(count * 0.95)] ?? 0,
    cpu: (after.cpu - before.cpu) / count,
    rss: after.rss,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = sorted.length >> 1;
  const upper = sorted[at] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[at - 1] ?? Number.NaN)) / 2;
}

/** The median of each figure by itself. */
export function medianOf(samples: readonly Sample[]): Sample {
  const of = (figure: keyof Sample) => median(samples.map((sample) => sample[figure]));
  return { perSecond: of('perSecond'), p95: of('p95'), cpu: of('cpu'), rss: of('rss') };
}
