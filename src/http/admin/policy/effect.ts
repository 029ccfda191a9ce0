import type { Preview } from '#actions/policy/draft/preview.ts';
import type { Effect } from '#actions/policy/what-if/question.ts';
import type { SystemNames } from '#http/systems.ts';
import { groupsOfChange } from './groups.ts';

export const pageSize = 50;

/** What changes, without whom it changes for. */
function changeOf({ gains, losses, appear, vanish }: AffectedRow): string {
  const held = (list: AffectedRow['gains']): string[] =>
    list.map(({ chip, permissions }) => `${chip.id} ${permissions.join(' ')}`);
  return JSON.stringify([held(gains), held(losses), appear, vanish]);
}

/** One person whom a change touches, as the table shows it. */
export interface AffectedRow {
  readonly id: string;
  readonly name: string;
  readonly person: string;
  readonly department?: string | undefined;
  readonly gains: ReturnType<typeof grouped>;
  readonly losses: ReturnType<typeof grouped>;
  readonly appear: readonly string[];
  readonly vanish: readonly string[];
}

/** What a change does, as draft and rollback show it. @param page from 0 */
export function effectView(names: SystemNames, { changes, effect, faults, notes, against }: Preview, page: number) {
  const common = { against, faults, notes, changes };
  if (effect === undefined) return common;
  const rows = affectedRows(names, effect);
  const count = (fits: (delta: Effect['deltas'][number]) => boolean) =>
    effect.affected.filter(({ delta }) => {
      const shared = effect.deltas[delta];
      return shared !== undefined && fits(shared);
    }).length;
  const sum = (kind: 'appear' | 'vanish' | 'stand') =>
    effect.affected.reduce((total, { delta }) => total + (effect.deltas[delta]?.[kind].length ?? 0), 0);
  const prevented = effect.breaches.filter(({ mode }) => mode === 'prevent');
  return {
    ...common,
    people: effect.people,
    gaining: count(({ gains }) => gains.length > 0),
    losing: count(({ losses }) => losses.length > 0),
    conflictsBefore: sum('stand') + sum('vanish'),
    conflictsAfter: sum('stand') + sum('appear'),
    prevented: prevented.slice(0, pageSize),
    // People, as the sentence says: one person may have several conflicts.
    preventedCount: new Set(prevented.map(({ id }) => id)).size,
    claims: effect.claims.map((one) => ({ ...one, chip: names.of(one.system) })),
    overCount: effect.claims.reduce((total, { over }) => total + over, 0),
    newlyOver: effect.claims.reduce((total, { newlyOver }) => total + newlyOver, 0),
    groups: groupsOfChange(rows, changeOf),
    rows: rows.slice(page * pageSize, (page + 1) * pageSize),
    rowCount: rows.length,
    firstRow: page * pageSize + 1,
  };
}

/** Everybody who gains, loses, comes into conflict or out of one; by name. */
export function affectedRows(names: SystemNames, { affected, deltas }: Effect): AffectedRow[] {
  const shared = deltas.map(({ gains, losses, appear, vanish }) => ({
    gains: grouped(names, gains),
    losses: grouped(names, losses),
    appear,
    vanish,
  }));
  return affected
    .flatMap(({ id, name, person, department, delta }): AffectedRow[] => {
      const row = shared[delta];
      const quiet =
        row === undefined || row.gains.length + row.losses.length + row.appear.length + row.vanish.length === 0;
      return quiet ? [] : [{ id, name, person, department, ...row }];
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

function grouped(names: SystemNames, list: readonly { readonly system: string; readonly permission: string }[]) {
  return [...Map.groupBy(list, ({ system }) => system)].map(([system, held]) => ({
    chip: names.of(system),
    permissions: held.map(({ permission }) => permission),
  }));
}
