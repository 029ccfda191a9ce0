import { appendFileSync } from 'node:fs';
import type { TestContext } from 'node:test';

/** What was measured against what was aimed at. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly aim: string;
  readonly met: boolean;
}

/** So many milliseconds at most. */
export function atMost(name: string, ms: number, aim: number): Figure {
  return { name, value: `${Math.round(ms)} ms`, aim: `<= ${aim} ms`, met: ms <= aim };
}

/** What the test has just made sure of, in how many cases; a test that fails never comes to say it. */
export function holds(name: string, cases: string): Figure {
  return { name, value: cases, aim: '0', met: true };
}

/**
 * Tells a figure in the test's output, and `npm run chaos`, which decides by it. Among other tests the machine is not its own:
 * there a figure of time decides nothing.
 */
export function figure(t: TestContext, measured: Figure): void {
  const { name, value, aim, met } = measured;
  t.diagnostic(`${name}: ${value} (aim ${aim})${met ? '' : ' MISSED'}`);
  const record = process.env.GATEHOUSE_FIGURES;
  if (record !== undefined) appendFileSync(record, `${JSON.stringify(measured)}\n`);
}
