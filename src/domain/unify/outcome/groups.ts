import type { Matched } from '../unify.ts';

export type ListName = 'crm' | 'erp' | 'directory';

/** A row by its list and id. */
export interface RowRef {
  readonly list: ListName;
  readonly id: string;
}

/** What is to be decided about some rows, as a stored unification keeps it. */
export interface Draft {
  readonly kind: 'sure' | 'doubt' | 'alone' | 'aside';
  readonly score: number;
  readonly reasons: readonly string[];
  readonly rows: readonly RowRef[];
  /** The two rows that a doubt is about. */
  readonly pair?: readonly RowRef[];
}

const keyOf = ({ list, id }: RowRef): string => `${list} ${id}`;

/**
 * Turns pairs into decisions: rows that are surely one person are one `sure` decision; each pair to review is a `doubt` and
 * brings along what is surely of its two rows; a person's row with neither is `alone`. The best of each kind come first.
 */
export function draftsOf({ found, owners }: Matched): Draft[] {
  const groups = groupsOf({ found, owners });
  const together = (row: RowRef): readonly RowRef[] => groups.get(keyOf(row)) ?? [row];
  const sure = new Map<string, { score: number; reasons: readonly string[] }>();
  const note = (row: RowRef, score: number, reasons: readonly string[]): void => {
    const [first] = together(row);
    const key = first === undefined ? '' : keyOf(first);
    const before = sure.get(key);
    sure.set(key, {
      score: Math.min(score, before?.score ?? 1),
      reasons: [...new Set([...(before?.reasons ?? []), ...reasons])],
    });
  };
  const doubts: Draft[] = [];
  const open = new Set<string>();
  const doubt = (a: RowRef, b: RowRef, score: number, reasons: readonly string[]): void => {
    if (together(a) === together(b)) return;
    for (const row of [a, b]) for (const one of together(row)) open.add(keyOf(one));
    doubts.push({ kind: 'doubt', score, reasons, rows: [...together(a), ...together(b)], pair: [a, b] });
  };
  for (const list of ['crm', 'erp'] as const) {
    for (const { row, decision, score, reasons } of owners[list]) {
      if (decision === 'auto') note({ list, id: row }, score, reasons);
    }
  }
  for (const { crm, decision, score, reasons } of found.pairs)
    if (decision === 'auto') note({ list: 'crm', id: crm }, score, reasons);
  for (const { crm, erp, decision, score, reasons } of found.pairs)
    if (decision === 'review') doubt({ list: 'crm', id: crm }, { list: 'erp', id: erp }, score, reasons);
  for (const list of ['crm', 'erp'] as const) {
    for (const { row, person, decision, score, reasons } of owners[list])
      if (decision === 'review') doubt({ list, id: row }, { list: 'directory', id: person }, score, reasons);
  }
  const drafts: Draft[] = [];
  for (const group of new Set(groups.values())) {
    const [first] = group;
    const told = first === undefined ? undefined : sure.get(keyOf(first));
    const reasons = told?.reasons ?? ['several accounts of one person'];
    drafts.push({ kind: 'sure', score: told?.score ?? 0.8, reasons, rows: group });
  }
  for (const list of ['crm', 'erp'] as const) {
    for (const id of found.alone[list]) {
      const row = { list, id };
      if (!groups.has(keyOf(row)) && !open.has(keyOf(row)))
        drafts.push({ kind: 'alone', score: 0, reasons: [], rows: [row] });
    }
    for (const id of found.setAside[list]) drafts.push({ kind: 'aside', score: 0, reasons: [], rows: [{ list, id }] });
  }
  return [...drafts, ...doubts].sort((a, b) => b.score - a.score);
}

/** Key of a row -> all rows that are surely the same person, when there are several. */
function groupsOf({ found, owners }: Pick<Matched, 'found' | 'owners'>): Map<string, readonly RowRef[]> {
  const heads = new Map<string, string>();
  const rows = new Map<string, RowRef>();
  const head = (key: string): string => {
    let at = key;
    for (let up = heads.get(at); up !== undefined && up !== at; up = heads.get(at)) at = up;
    return at;
  };
  const join = (a: RowRef, b: RowRef): void => {
    for (const row of [a, b]) rows.set(keyOf(row), row);
    const [one, two] = [head(keyOf(a)), head(keyOf(b))];
    if (one !== two) heads.set(two, one);
  };
  for (const { crm, erp, decision } of found.pairs)
    if (decision === 'auto') join({ list: 'crm', id: crm }, { list: 'erp', id: erp });
  for (const list of ['crm', 'erp'] as const) {
    for (const [first = '', ...others] of found.duplicates[list])
      for (const other of others) join({ list, id: first }, { list, id: other });
    for (const { row, person, decision } of owners[list])
      if (decision === 'auto') join({ list: 'directory', id: person }, { list, id: row });
  }
  const groups = new Map<string, RowRef[]>();
  for (const [key, row] of rows) {
    const top = head(key);
    const group = groups.get(top);
    if (group === undefined) groups.set(top, [row]);
    else group.push(row);
  }
  return new Map([...groups.values()].flatMap((group) => group.map((row) => [keyOf(row), group] as const)));
}
