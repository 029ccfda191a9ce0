/** Answers that must not tell by their time leave on a grid of this many milliseconds; no thread waits meanwhile. */
const gridMs = 250;

/** @param started by `performance.now()` */
export async function evenly(started: number): Promise<void> {
  const passed = performance.now() - started;
  await new Promise((resolve) => setTimeout(resolve, gridMs - (passed % gridMs)));
}
