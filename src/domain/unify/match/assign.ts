import type { Account } from '../read/account.ts';
import type { Evidence } from './evidence.ts';

/** Two rows and what speaks for them. */
export interface Proposal extends Evidence {
  readonly left: Account;
  readonly right: Account;
}

/** How much better than the second-best a sure pair has to be. */
const margin = 0.08;

/**
 * Of all proposals those that stand: a sure pair has to be the best of both its rows by a margin, unless the rival is the
 * same person (`same`). Rows with a sure pair are in no other proposal; of the rest each row keeps its best two.
 *
 * @param many the right side is a directory: several rows of the left may be one person of it.
 */
export function assign(
  proposals: readonly Proposal[],
  same: (a: Account, b: Account) => boolean,
  many = false,
): Proposal[] {
  const autos = proposals.filter(({ decision }) => decision === 'auto');
  const byLeft = groupBy(autos, ({ left }) => left);
  const byRight = groupBy(autos, ({ right }) => right);
  const kept: Proposal[] = [];
  const doubtful: Proposal[] = proposals.filter(({ decision }) => decision === 'review');
  const beaten = (
    one: Proposal,
    rivals: readonly Proposal[],
    other: (rival: Proposal) => Account,
    own: Account,
  ): number => {
    let gap = 1;
    for (const rival of rivals) {
      if (rival === one || same(other(rival), own)) continue;
      gap = Math.min(gap, one.score - rival.score);
    }
    return gap;
  };
  for (const one of autos) {
    const gapLeft = beaten(one, byLeft.get(one.left) ?? [], ({ right }) => right, one.right);
    const gapRight = many ? 1 : beaten(one, byRight.get(one.right) ?? [], ({ left }) => left, one.left);
    const gap = Math.min(gapLeft, gapRight);
    if (gap >= margin) kept.push(one);
    else if (gap > -margin)
      doubtful.push({
        ...one,
        decision: 'review',
        score: Math.min(one.score, 0.79),
        reasons: [...one.reasons, 'another row fits as well'],
      });
  }
  const settledLeft = new Set(kept.map(({ left }) => left));
  const settledRight = new Set(many ? [] : kept.map(({ right }) => right));
  const open = doubtful
    .filter(({ left, right }) => !settledLeft.has(left) && !settledRight.has(right))
    .sort((a, b) => b.score - a.score);
  const times = new Map<Account, number>();
  for (const one of open) {
    const [left, right] = [times.get(one.left) ?? 0, times.get(one.right) ?? 0];
    if (left >= 2 || right >= 2) continue;
    times.set(one.left, left + 1);
    times.set(one.right, right + 1);
    kept.push(one);
  }
  return kept;
}

function groupBy(proposals: readonly Proposal[], key: (one: Proposal) => Account): Map<Account, Proposal[]> {
  const groups = new Map<Account, Proposal[]>();
  for (const one of proposals) {
    const group = groups.get(key(one));
    if (group === undefined) groups.set(key(one), [one]);
    else group.push(one);
  }
  return groups;
}
