import type { Unification } from '#domain/unify/unify.ts';

export interface Who {
  readonly crm: readonly string[];
  readonly erp: readonly string[];
}

/** How good a dry run is against the truth (issue 7, "How good"); each 0 to 1. */
export interface Figures {
  /** Right ones among the sure pairs. */
  readonly precision: number;
  /** People with rows on both sides who have a right pair, sure or proposed. */
  readonly recall: number;
  /** Rows to review among all rows of both files. */
  readonly queue: number;
}

export function figuresOf(found: Unification, truth: readonly Who[], rows: number): Figures {
  const owner = new Map<string, number>();
  for (const [at, { crm, erp }] of truth.entries()) {
    for (const id of crm) owner.set(`crm ${id}`, at);
    for (const id of erp) owner.set(`erp ${id}`, at);
  }
  const isRight = (pair: { crm: string; erp: string }): boolean => {
    const person = owner.get(`crm ${pair.crm}`);
    return person !== undefined && person === owner.get(`erp ${pair.erp}`);
  };
  const right = found.pairs.filter(isRight);
  const sure = found.pairs.filter(({ decision }) => decision === 'auto').length;
  const known = new Set(right.map((pair) => owner.get(`crm ${pair.crm}`)));
  const both = truth.flatMap(({ crm, erp }, at) => (crm.length > 0 && erp.length > 0 ? [at] : []));
  const open = found.pairs.filter(({ decision }) => decision === 'review');
  return {
    precision: right.filter(({ decision }) => decision === 'auto').length / sure,
    recall: both.filter((at) => known.has(at)).length / both.length,
    queue: new Set(open.flatMap((pair) => [`crm ${pair.crm}`, `erp ${pair.erp}`])).size / rows,
  };
}
