/** Counting tries against a limit, as pure arithmetic: what the store holds, what may still be taken, what is left after. */

/** So many tries in so many milliseconds, counted from the first. */
export interface Limit {
  readonly count: number;
  readonly windowMs: number;
}

/** A counter as stored. `since` is the time of the first try of the window. */
export interface Counter {
  readonly count: number;
  readonly since: number;
}

/** The counter as it stands at an instant: a window that is over has nothing in it. */
export function standing(counter: Counter | undefined, limit: Limit, now: number): Counter {
  // A clock that went back must not make a window longer than it is.
  const over = counter === undefined || now >= counter.since + limit.windowMs || now < counter.since - limit.windowMs;
  return over ? { count: 0, since: now } : counter;
}

/** Seconds until the window ends, at least one. */
export function secondsLeft(counter: Counter, limit: Limit, now: number): number {
  return Math.max(1, Math.ceil((counter.since + limit.windowMs - now) / 1000));
}
