/** A small generator of numbers, the same ones for a seed each time (mulberry32), with the choices a company is made by. */
export interface Random {
  next(): number;
  chance(share: number): boolean;
  below(count: number): number;
  pick<T>(list: readonly T[]): T;
  /** The first ones far more often than the last, as names are. */
  skewed<T>(list: readonly T[]): T;
}

export function randomOf(seed: number): Random {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const at = <T>(list: readonly T[], index: number): T => {
    const found = list[Math.min(index, list.length - 1)];
    if (found === undefined) throw new Error('nothing to choose from');
    return found;
  };
  return {
    next,
    chance: (share) => next() < share,
    below: (count) => Math.floor(next() * count),
    pick: (list) => at(list, Math.floor(next() * list.length)),
    skewed: (list) => at(list, Math.floor(next() ** 2 * list.length)),
  };
}
