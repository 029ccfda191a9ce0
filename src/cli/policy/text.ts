import type { PolicyChange } from '#domain/policy/changes.ts';
import type { Simulation } from '#domain/policy/simulate.ts';

/** Gains, losses and conflicts for people to read: one line each, people with many of them cut short. */
export function effectText({ gains, losses, conflicts }: Pick<Simulation, 'gains' | 'losses' | 'conflicts'>): string {
  const rows = [
    ...gains.map((row) => `+ ${row.person}  ${row.system}  ${row.permission}`),
    ...losses.map((row) => `- ${row.person}  ${row.system}  ${row.permission}`),
    ...conflicts.appear.map((row) => `! ${row.person}  newly in conflict: ${row.separation}`),
    ...conflicts.vanish.map((row) => `  ${row.person}  no longer in conflict: ${row.separation}`),
    ...conflicts.stand.map((row) => `  ${row.person}  still in conflict: ${row.separation}`),
  ];
  const cut = rows.length > mostRows ? [`… and ${rows.length - mostRows} more; --json shows all`] : [];
  const { appear, vanish, stand } = conflicts;
  return [
    `${gains.length} permissions gained, ${losses.length} lost; conflicts: ${appear.length} new, ${vanish.length} gone, ${stand.length} standing`,
    ...rows.slice(0, mostRows),
    ...cut,
  ].join('\n');
}

const mostRows = 200;

/** One change on one line: `role sales changed: crm +customer:write -customer:read`. */
export function changeLine({ part, act, id, fields }: PolicyChange): string {
  const parts = fields.map(({ field, plus, minus }) =>
    [field, ...plus.map((value) => `+${value}`), ...minus.map((value) => `-${value}`)].join(' '),
  );
  return `${part} ${id} ${act}${parts.length === 0 ? '' : `: ${parts.join('; ')}`}`;
}
