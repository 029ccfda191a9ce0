/** How long a lease lives that is not renewed, and how often it is renewed or, by those who wait, looked at; in ms. */
export interface Times {
  readonly ttlMs: number;
  readonly everyMs: number;
}

/** A dead holder is followed within three seconds and a half: a system is told of a sign-out within five. */
export const times: Times = { ttlMs: 3000, everyMs: 500 };

/** For what a person waits for at the start. */
export const quickTimes: Times = { ttlMs: 5000, everyMs: 100 };
